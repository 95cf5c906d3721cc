// SPDX-License-Identifier: Apache-2.0
// Where every command and every event meets. Calls are in Switchboard+Calls, events in Switchboard+Events.
import JSON
import Synchronization

/// Joins callers to commands and publishers to subscribers. Never blocks, and never runs a plugin's code on a thread it does not own,
/// except for commands declared "inline".
package final class Switchboard: Sendable {
  package struct Limits: Sendable {
    /// Calls whose caller still waits, over all plugins.
    package var callsInFlight = 10_000
    /// Bytes of arguments, of a result, of one chunk.
    package var payloadBytes = 16 << 20
    /// Bytes of one event.
    package var eventBytes = 64 << 20
    /// Topics in all; a hostile publisher cannot grow the table beyond.
    package var topics = 10_000

    package init() {}
  }

  package let limits: Limits
  let registry = Mutex(Registry())
  let calls: OpenCalls
  let bus = Mutex(BusState())
  let statisticsByName = Mutex<[String: CommandStatistics]>([:])
  private let deadlines: DeadlineWatch

  struct Registry {
    var commands: [String: RegisteredCommand] = [:]
    var stopping = false
  }

  package init(limits: Limits = Limits()) {
    self.limits = limits
    calls = OpenCalls()
    deadlines = DeadlineWatch()
    // The thread keeps the table alive, not the switchboard: a weak reference to that would slow down every use of it.
    deadlines.start { [calls] now in calls.expire(now: now) }
  }

  deinit { deadlines.stop() }

  // MARK: Registry

  /// Puts commands on the board.
  ///
  /// - Returns: nil, or the name of a command that another provider offers already; then none was added.
  @discardableResult
  package func register(_ descriptions: [CommandDescription], provider: any CommandProvider) -> String? {
    let entries = descriptions.map { description in
      RegisteredCommand(description: description, provider: provider, statistics: statistics(of: description.name))
    }
    return registry.withLock { registry in
      for entry in entries {
        if let taken = registry.commands[entry.description.name], taken.provider !== provider { return entry.description.name }
      }
      for entry in entries { registry.commands[entry.description.name] = entry }
      return nil
    }
  }

  /// Takes every command of a provider off the board. Its open calls go on; see `abandonCalls`.
  package func unregister(_ provider: any CommandProvider) {
    registry.withLock { registry in
      registry.commands = registry.commands.filter { $0.value.provider !== provider }
    }
  }

  /// The first of these commands that somebody else offers.
  package func firstTaken(_ names: [String], otherThanBy provider: any CommandProvider) -> String? {
    registry.withLock { registry in
      names.first { name in registry.commands[name].map { $0.provider !== provider } ?? false }
    }
  }

  /// Takes some commands of a provider off the board.
  package func unregister(_ names: some Sequence<String>, of provider: any CommandProvider) {
    registry.withLock { registry in
      for name in names where registry.commands[name]?.provider === provider { registry.commands[name] = nil }
    }
  }

  /// The commands whose name begins with a prefix, by name.
  package func commands(prefix: String = "") -> [CommandDescription] {
    let all = registry.withLock { $0.commands.values.map(\.description) }
    return all.filter { $0.name.hasPrefix(prefix) }.sorted { $0.name < $1.name }
  }

  package func command(_ name: String) -> CommandDescription? {
    registry.withLock { $0.commands[name]?.description }
  }

  /// Counts and latencies by command name, for commands that were called at least once; they outlive a reload.
  package func commandStatistics() -> [String: CommandStatistics.Snapshot] {
    statisticsByName.withLock { $0 }.mapValues { $0.snapshot() }.filter { $0.value.calls > 0 }
  }

  /// Refuses new calls from now on; open ones go on.
  package func beginStopping() {
    registry.withLock { $0.stopping = true }
  }

  func watch(deadline: UInt64) { deadlines.add(deadline) }

  private func statistics(of name: String) -> CommandStatistics {
    statisticsByName.withLock { table in
      if let known = table[name] { return known }
      let fresh = CommandStatistics()
      table[name] = fresh
      return fresh
    }
  }
}
