// SPDX-License-Identifier: Apache-2.0
import JSON

extension Subcommand {
  static let status = Subcommand(
    name: "status", summary: "show the host, its plugins, and how its commands are doing", options: [.json],
    examples: ["jackfield status", "jackfield status --json"],
    run: { invocation in
      _ = try invocation.arguments(0...0)
      let status = try ControlClient(home: invocation.home).request("host/status")
      if invocation.wantsJSON { Terminal.print(status) } else { StatusCommand.show(status) }
      return SystemExit.ok
    })
}

/// Lays the status out for a person.
enum StatusCommand {
  static func show(_ status: JSONValue) {
    let first = [
      "jackfield \(text(status["version"]))", text(status["state"]), "ABI \(text(status["abi"]))", "process \(text(status["pid"]))",
      "up \(uptime(status))",
      "\(megabytes(status["residentBytes"])) MB resident", "\(text(status["openCalls"])) open calls",
    ]
    Terminal.print("\(first.joined(separator: ", "))\nhome \(text(status["directories"]?["config"]))\n")
    PluginsCommand.show(status["plugins"]?.arrayValue ?? [])
    let commands = status["commands"]?.arrayValue ?? []
    guard !commands.isEmpty else { return }
    Terminal.print("")
    Terminal.printTable(
      ["COMMAND", "CALLS", "FAILED", "P50 ms", "P99 ms", "MAX ms"],
      commands.map { row in
        [
          text(row["name"]), text(row["calls"]), text(row["failures"]), milliseconds(row["p50Microseconds"]),
          milliseconds(row["p99Microseconds"]), milliseconds(row["maxMicroseconds"]),
        ]
      })
  }

  static func text(_ value: JSONValue?) -> String {
    switch value {
    case .none, .null: "-"
    case .string(let text): Terminal.plain(text)
    case let value?: value.serialized()
    }
  }

  private static func uptime(_ status: JSONValue) -> String {
    let seconds = Int(status["uptimeSeconds"]?.doubleValue ?? 0)
    return seconds < 3_600 ? "\(seconds / 60) min \(seconds % 60) s" : "\(seconds / 3_600) h \(seconds / 60 % 60) min"
  }

  private static func megabytes(_ value: JSONValue?) -> String { rounded((value?.doubleValue ?? 0) / 1_000_000, places: 1) }
  private static func milliseconds(_ value: JSONValue?) -> String { rounded((value?.doubleValue ?? 0) / 1_000, places: 3) }

  private static func rounded(_ value: Double, places: Int) -> String {
    let scale = (0..<places).reduce(1.0) { scale, _ in scale * 10 }
    return "\((value * scale).rounded() / scale)"
  }
}
