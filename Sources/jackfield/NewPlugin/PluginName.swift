// SPDX-License-Identifier: Apache-2.0
import Host

/// The one name a person gives, as each place wants it written.
struct PluginName: Equatable {
  /// Of the plugin: "run-notes".
  let id: String
  /// Of its commands and topics: "run_notes".
  let namespace: String
  /// Of its module in Swift: "RunNotes".
  let module: String

  /// - Throws: When the host would not take a plugin of that name.
  init(_ text: String, language: PluginLanguage) throws(CommandFailure) {
    let words = text.split(omittingEmptySubsequences: false) { $0 == "-" || $0 == "_" }.map(String.init)
    id = words.joined(separator: "-")
    namespace = words.joined(separator: "_")
    module = words.map { $0.prefix(1).uppercased() + $0.dropFirst() }.joined()
    guard text.utf8.count <= Self.longest, !id.contains("."), PluginNames.isID(id) else {
      throw Self.refusal(
        text, "write at most \(Self.longest) lower-case letters and digits, a letter first, with '-' or '_' between, such as 'run-notes'")
    }
    guard PluginNames.isNamespace(namespace) else {
      throw Self.refusal(text, "the namespace '\(namespace)' belongs to the host; choose another, such as '\(text)-notes'")
    }
    if language == .swift, Self.takenModules.contains(module) {
      throw Self.refusal(text, "in Swift there is a '\(module)' already; choose another, such as '\(text)-notes'")
    }
  }

  private static let longest = 60

  /// Words of the language, and modules that a plugin or the SDK is built with.
  private static let takenModules: Set = [
    "Any", "Benchmarks", "Foundation", "Glibc", "Host", "Jackfield", "Protocol", "Self", "Store", "Swift", "Synchronization", "Testing",
    "Trainer", "Type",
  ]

  private static func refusal(_ text: String, _ reason: String) -> CommandFailure {
    CommandFailure("cannot make a plugin '\(text)': \(reason)", status: SystemExit.usage)
  }
}
