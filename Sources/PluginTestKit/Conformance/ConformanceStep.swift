// SPDX-License-Identifier: Apache-2.0

/// One of the checks; each makes its own instances.
package enum ConformanceStep: Hashable, Sendable {
  /// How a command is asked.
  package enum Manner: String, CaseIterable, Sendable {
    /// With input as its schema wants it.
    case example
    /// Given up at once.
    case cancel
    /// With a deadline that passes soon.
    case deadline
    /// Without credit for chunks, then with more than can be counted.
    case credit
    /// With input that nobody should send.
    case junk
  }

  case table
  /// Made and freed, never started.
  case create
  /// Made, started, stopped, freed.
  case life
  /// Stopped while calls are open.
  case openCalls
  /// Made with configurations that nobody should write.
  case configuration
  /// Events of unknown kinds, about calls that are no more, and a ping.
  case events
  /// Structs that are too short, commands and capabilities that there are not.
  case misuse
  /// The subscription at this place in plugin.json.
  case subscription(Int)
  case command(String, Manner)

  /// All of them, in the order in which they make sense: a plugin that fails one of the first cannot be asked the others.
  static func all(of manifest: PluginManifest) -> [ConformanceStep] {
    let subscriptions = (manifest.subscribes ?? []).indices.map { ConformanceStep.subscription($0) }
    let commands = (manifest.commands ?? []).flatMap { command in
      Manner.allCases.filter { $0 != .credit || command.stream == true }.map { ConformanceStep.command(command.name, $0) }
    }
    return [.table, .create, .life, .openCalls, .configuration, .events, .misuse] + subscriptions + commands
  }
}
