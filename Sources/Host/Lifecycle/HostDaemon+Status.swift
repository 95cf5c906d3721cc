// SPDX-License-Identifier: Apache-2.0
// What `jackfield status` shows: the host, its plugins, its commands with counts and latencies, its topics.
import Glibc
package import JSON
import PluginBridge

extension HostDaemon {
  /// Puts the host's own commands on the switchboard, before any plugin's.
  func offerCommands() {
    let commands = HostCommands(
      switchboard: switchboard, status: { [weak self] in self?.status() ?? .null },
      plugins: { [weak self] in ["plugins": .array(self?.pluginRows(withSubscriptions: true) ?? [])] })
    switchboard.register(HostCommands.descriptions, provider: commands)
  }

  package func status() -> JSONValue {
    [
      "version": .string(HostVersion.current), "state": .string(stateName), "abi": .string(HostVersion.abi),
      "pid": .integer(Int64(getpid())),
      "uptimeSeconds": .number(Double((MonotonicClock.now() - started) / 1_000_000) / 1_000),
      "residentBytes": .integer(Int64(ProcessMemory.resident)),
      "directories": [
        "config": .string(directories.config), "data": .string(directories.data), "state": .string(directories.state),
        "runtime": .string(directories.runtime),
      ],
      "openCalls": .integer(Int64(switchboard.openCalls)), "plugins": .array(pluginRows()), "commands": .array(commandRows()),
      "topics": .array(
        switchboard.topicCounts().map { ["name": .string($0.name), "published": .integer(Int64(clamping: $0.published))] }),
    ]
  }

  /// One row a plugin, as `plugins` shows it, with what it did: calls answered and events delivered, and what waits for it.
  ///
  /// - Parameter withSubscriptions: Tell of each subscription apart as well.
  private func pluginRows(withSubscriptions: Bool = false) -> [JSONValue] {
    let statistics = switchboard.commandStatistics()
    let open = switchboard.openCallsByPlugin()
    return (manager.rows().arrayValue ?? []).map { row in
      guard let id = row["id"]?.stringValue else { return row }
      let own = statistics.filter { switchboard.command($0.key)?.plugin == id }.values
      let named = manager.slot(id)?.subscriptionCounts ?? []
      let subscriptions = named.map(\.counts)
      var row = row
      if withSubscriptions { row["subscriptions"] = .array(named.map(PluginManager.json)) }
      row["calls"] = .integer(Int64(clamping: own.map(\.calls).reduce(0, +)))
      row["failures"] = .integer(Int64(clamping: own.map(\.failures).reduce(0, +)))
      row["p50Microseconds"] = .number(own.map(\.p50).max() ?? 0)
      row["p99Microseconds"] = .number(own.map(\.p99).max() ?? 0)
      row["eventsDelivered"] = .integer(Int64(clamping: subscriptions.map(\.delivered).reduce(0, +)))
      row["eventsDropped"] = .integer(Int64(clamping: subscriptions.map(\.dropped).reduce(0, +)))
      row["backlog"] = .integer(Int64(manager.slot(id)?.instance?.backlog ?? 0))
      row["crashes"] = .integer(Int64(manager.slot(id)?.crashes ?? 0))
      row["openCalls"] = .integer(Int64(open[id] ?? 0))
      row["eventsQueued"] = .integer(Int64(subscriptions.map(\.queued).reduce(0, +)))
      return row
    }
  }

  /// One row a command that was called: counts, and microseconds from call to answer.
  private func commandRows() -> [JSONValue] {
    switchboard.commandStatistics().sorted { $0.key < $1.key }.map { name, statistics in
      [
        "name": .string(name), "plugin": switchboard.command(name).map { .string($0.plugin) } ?? .null,
        "calls": .integer(Int64(clamping: statistics.calls)), "failures": .integer(Int64(clamping: statistics.failures)),
        "cancelled": .integer(Int64(clamping: statistics.cancelled)),
        "missedDeadlines": .integer(Int64(clamping: statistics.missedDeadlines)),
        "p50Microseconds": .number(statistics.p50), "p99Microseconds": .number(statistics.p99), "maxMicroseconds": .number(statistics.max),
      ]
    }
  }

  /// The configuration as a person may see it: secrets masked; with `origin`, a row a value that says where it comes from.
  package func shownConfiguration(origin: Bool) -> JSONValue {
    let configuration = currentConfiguration
    guard origin else { return configuration.shown() }
    return .array(
      configuration.entries().map { entry in
        [
          "key": .string(entry.path.description), "value": entry.value,
          "origin": .string(entry.origin.map { "\($0)" } ?? "default"),
        ]
      })
  }
}
