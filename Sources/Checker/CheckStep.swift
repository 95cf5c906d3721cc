// SPDX-License-Identifier: Apache-2.0
import PluginTestKit

/// One step, as it is named on the command line: "load", "life", "subscription 0", "command hello.greet junk".
enum CheckStep: Equatable {
  /// The library's constructors and its entry, and what they do to the process.
  case load
  case conformance(ConformanceStep)

  init(_ words: String) throws {
    let parts = words.split(separator: " ").map(String.init)
    switch (parts.first, parts.count) {
    case ("load", 1): self = .load
    case ("create", 1): self = .conformance(.create)
    case ("life", 1): self = .conformance(.life)
    case ("open-calls", 1): self = .conformance(.openCalls)
    case ("configuration", 1): self = .conformance(.configuration)
    case ("events", 1): self = .conformance(.events)
    case ("misuse", 1): self = .conformance(.misuse)
    case ("subscription", 2):
      guard let index = Int(parts[1]) else { throw Self.unknown(words) }
      self = .conformance(.subscription(index))
    case ("command", 3):
      guard let manner = ConformanceStep.Manner(rawValue: parts[2]) else { throw Self.unknown(words) }
      self = .conformance(.command(parts[1], manner))
    default: throw Self.unknown(words)
    }
  }

  private static func unknown(_ words: String) -> TestHostError { TestHostError("there is no step '\(words)'") }
}
