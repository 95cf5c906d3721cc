// SPDX-License-Identifier: Apache-2.0
// What `jackfield status` shows: the host, its plugins, its commands with counts and latencies, its topics.
import Glibc
package import JSON

extension HostDaemon {
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
      "openCalls": .integer(Int64(switchboard.openCalls)), "plugins": manager.rows(), "commands": .array(commandRows()),
      "topics": .array(
        switchboard.topicCounts().map { ["name": .string($0.name), "published": .integer(Int64(clamping: $0.published))] }),
    ]
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
