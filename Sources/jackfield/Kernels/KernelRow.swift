// SPDX-License-Identifier: Apache-2.0
import JSON

/// One kernel as the table shows it, with what changed since the look before. What is not told is nil.
struct KernelRow {
  let value: JSONValue
  let id: String
  /// As a share of one processor.
  let cpu: Double?

  /// - Parameters:
  ///   - value: A row of `kernel.list`.
  ///   - before: The same kernel's row in the look before, if it was there.
  ///   - seconds: Between the two.
  init(_ value: JSONValue, before: JSONValue? = nil, seconds: Double = 0) {
    self.value = value
    id = value["id"]?.stringValue ?? ""
    // Another process counts from the beginning.
    let isTheSame = before != nil && before?["pid"] == value["pid"]
    cpu = isTheSame ? TopRow.rate(value["cpu_seconds"]?.doubleValue, before?["cpu_seconds"]?.doubleValue, seconds) : nil
  }

  static let titles = ["KERNEL", "NAME", "STATUS", "RUNS", "QUEUE", "PID", "MEM MB", "CPU %", "UP", "IDLE", "DOCUMENTS"]
  static let numbers: Set<Int> = [3, 4, 5, 6, 7, 8, 9]

  /// - Parameter now: Unix seconds.
  func cells(now: Double) -> [String] {
    [
      String(id.prefix(8)), StatusCommand.text(value["name"]), StatusCommand.text(value["status"]), whole("execution_count"),
      whole("queued"), whole("pid"), number("memory") { StatusCommand.fixed(.number($0), per: 1_000_000, places: 1) },
      cpu.map { StatusCommand.fixed(.number($0), per: 0.01, places: 1) } ?? "–", duration(uptime(now)), duration(idle(now)), documents,
    ]
  }

  private var documents: String {
    let names = (value["documents"]?.arrayValue ?? []).compactMap(\.stringValue).map { name in
      Terminal.plain(name.split(separator: "/").last.map(String.init) ?? name)
    }
    return names.isEmpty ? "–" : names.joined(separator: ", ")
  }

  private func uptime(_ now: Double) -> Double? {
    value["uptime"]?.doubleValue ?? value["started"]?.doubleValue.map { now - $0 }
  }

  private func idle(_ now: Double) -> Double? {
    guard value["status"] == "idle" else { return nil }
    return value["last_activity"]?.doubleValue.map { now - $0 }
  }

  private func whole(_ name: String) -> String { number(name) { String(StatusCommand.whole($0)) } }

  private func number(_ name: String, _ write: (Double) -> String) -> String { value[name]?.doubleValue.map(write) ?? "–" }

  /// As short as it can be said: 12s, 5m, 3h, 2d.
  private func duration(_ seconds: Double?) -> String {
    guard let seconds else { return "–" }
    return switch StatusCommand.whole(seconds) {
    case let time where time < 60: "\(time)s"
    case let time where time < 3_600: "\(time / 60)m"
    case let time where time < 86_400: "\(time / 3_600)h"
    case let time: "\(time / 86_400)d"
    }
  }
}
