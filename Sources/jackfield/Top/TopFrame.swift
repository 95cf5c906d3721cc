// SPDX-License-Identifier: Apache-2.0
import JSON

/// What `jackfield top` shows at one moment.
struct TopFrame {
  let sample: TopSample
  let before: TopSample?
  var sort = TopColumn.cpu

  /// Those that are told above the table; the others are in the help.
  private static let keys: [TopColumn] = [.cpu, .memory, .calls, .rate, .p99, .queue, .drops, .crashes, .open, .plugin]

  private var seconds: Double {
    guard let before, sample.time > before.time else { return 0 }
    return Double(sample.time - before.time) / 1e9
  }

  var rows: [TopRow] {
    let old = Dictionary((before?.plugins ?? []).map { ($0.id, $0) }) { first, _ in first }
    return sample.plugins.map { TopRow($0, before: old[$0.id], seconds: seconds) }
      .sorted { TopRow.comes($0, before: $1, by: sort) }
  }

  var callsPerSecond: Double? { TopRow.rate(Double(sample.calls), before.map { Double($0.calls) }, seconds) }

  /// The lines, as wide as they are.
  func lines() -> [String] {
    let table = TextTable(
      titles: TopColumn.allCases.map { ($0 == sort ? "↓" : "") + $0.title },
      rows: rows.map { row in TopColumn.allCases.map(row.text) },
      numbers: Set(TopColumn.allCases.indices.filter { !TopColumn.allCases[$0].isText }))
    return [head, ""] + table.lines(width: nil)
  }

  /// The lines that fit on a screen: those that do not are counted in the last one.
  func lines(width: Int, height: Int) -> [String] {
    var lines = lines()
    lines[1] = "sort: \(Self.keys.map { "\($0.rawValue) \($0.name)" }.joined(separator: ", ")); q ends"
    if lines.count > height, height > 0 {
      let hidden = lines.count - height + 1
      lines = lines.prefix(height - 1) + ["… and \(hidden) more"]
    }
    return lines.map { String($0.prefix(width)) }
  }

  private var head: String {
    let status = sample.status
    let text = StatusCommand.text
    let rate = callsPerSecond.map { StatusCommand.fixed(.number($0), per: 1, places: 1) } ?? "–"
    return "jackfield \(text(status["version"])), process \(text(status["pid"])), \(text(status["state"])), "
      + "up \(StatusCommand.uptime(status)), \(StatusCommand.fixed(status["residentBytes"], per: 1_000_000, places: 1)) MB, "
      + "\(text(status["openCalls"])) open calls, \(rate) calls/s"
  }

  /// For programs: the rows as the host gave them, with the rates.
  var json: JSONValue {
    var host: [String: JSONValue] = [:]
    for key in ["version", "pid", "state", "uptimeSeconds", "residentBytes", "openCalls"] { host[key] = sample.status[key] }
    host["callsPerSecond"] = Self.number(callsPerSecond)
    let given = Dictionary((sample.status["plugins"]?.arrayValue ?? []).map { (StatusCommand.text($0["id"]), $0) }) { first, _ in first }
    let plugins = rows.map { row in
      var value = given[row.plugin.id] ?? [:]
      value["cpuPercent"] = Self.number(row.cpu)
      value["callsPerSecond"] = Self.number(row.callsPerSecond)
      return value
    }
    return ["host": .object(host), "plugins": .array(plugins)]
  }

  private static func number(_ value: Double?) -> JSONValue {
    guard let value else { return .null }
    return .number(value)
  }
}
