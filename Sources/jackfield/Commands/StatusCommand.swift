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
    Terminal.print("\(head(status).joined(separator: "\n"))\n")
    PluginsCommand.show(status["plugins"]?.arrayValue ?? [])
    for table in [commands(status), topics(status)] where !table.rows.isEmpty {
      Terminal.print("")
      Terminal.print(table)
    }
  }

  static func head(_ status: JSONValue) -> [String] {
    [
      "jackfield \(text(status["version"])) (plugin ABI \(text(status["abi"]))), \(text(status["state"])), up \(uptime(status))",
      "process \(text(status["pid"])), \(fixed(status["residentBytes"], per: 1_000_000, places: 1)) MB resident,"
        + " \(text(status["openCalls"])) open calls",
      "home \(text(status["directories"]?["config"]))",
    ]
  }

  /// Only commands that were called.
  static func commands(_ status: JSONValue) -> TextTable {
    TextTable(
      titles: ["COMMAND", "CALLS", "FAILED", "P50 ms", "P99 ms", "MAX ms"],
      rows: (status["commands"]?.arrayValue ?? []).map { row in
        [text(row["name"]), text(row["calls"]), text(row["failures"])]
          + ["p50", "p99", "max"].map { fixed(row["\($0)Microseconds"], per: 1_000, places: 3) }
      },
      numbers: [1, 2, 3, 4, 5])
  }

  /// Only topics with events.
  static func topics(_ status: JSONValue) -> TextTable {
    let busy = (status["topics"]?.arrayValue ?? []).filter { ($0["published"]?.intValue ?? 0) > 0 }
    return TextTable(titles: ["TOPIC", "EVENTS"], rows: busy.map { [text($0["name"]), text($0["published"])] }, numbers: [1])
  }

  /// A cell: "-" for nothing.
  static func text(_ value: JSONValue?) -> String {
    switch value {
    case .none, .null, .string(""): "-"
    case .string(let text): Terminal.plain(text)
    case let value?: Terminal.json(value, pretty: false)
    }
  }

  static func uptime(_ status: JSONValue) -> String {
    let seconds = whole(status["uptimeSeconds"]?.doubleValue ?? 0)
    return switch seconds {
    case ..<60: "\(seconds) s"
    case ..<3_600: "\(seconds / 60) min \(seconds % 60) s"
    case ..<86_400: "\(seconds / 3_600) h \(seconds / 60 % 60) min"
    default: "\(seconds / 86_400) d \(seconds / 3_600 % 24) h"
    }
  }

  /// A number in a larger unit, always with the same count of decimals.
  static func fixed(_ value: JSONValue?, per unit: Double, places: Int) -> String {
    let scale = (0..<places).reduce(1) { scale, _ in scale * 10 }
    let all = whole((value?.doubleValue ?? 0) / unit * Double(scale))
    let fraction = String(all % scale)
    return "\(all / scale).\(String(repeating: "0", count: places - fraction.count))\(fraction)"
  }

  /// Rounded; what no clock or counter shows becomes the nearest that one could.
  static func whole(_ value: Double) -> Int { Int(min(max(value.rounded(), 0), 1e15)) }
}
