// SPDX-License-Identifier: Apache-2.0
import JSON

/// One plugin with what changed since the sample before.
struct TopRow {
  let plugin: TopSample.Plugin
  /// In percent of one processor.
  let cpu: Double?
  let callsPerSecond: Double?

  /// - Parameters:
  ///   - before: The same plugin in the sample before, if it was there.
  ///   - seconds: Between the two.
  init(_ plugin: TopSample.Plugin, before: TopSample.Plugin?, seconds: Double) {
    self.plugin = plugin
    // Another process counts from the beginning.
    let isTheSame = before?.pid == plugin.pid
    cpu = isTheSame ? Self.rate(plugin.cpuSeconds, before?.cpuSeconds, seconds).map { $0 * 100 } : nil
    callsPerSecond = Self.rate(plugin.calls.map(Double.init), before?.calls.map(Double.init), seconds)
  }

  /// nil where something is not known, or a counter went back because the host counts anew.
  static func rate(_ now: Double?, _ before: Double?, _ seconds: Double) -> Double? {
    guard let now, let before, now >= before, seconds > 0 else { return nil }
    return (now - before) / seconds
  }

  /// What is sorted by; nil for text.
  func number(_ column: TopColumn) -> Double? {
    switch column {
    case .plugin, .state, .mode: nil
    case .pid: plugin.pid.map(Double.init)
    case .cpu: cpu
    case .memory: plugin.residentBytes
    case .calls: plugin.calls.map(Double.init)
    case .rate: callsPerSecond
    case .p50: plugin.p50Microseconds
    case .p99: plugin.p99Microseconds
    case .queue: plugin.queued.map(Double.init)
    case .drops: plugin.dropped.map(Double.init)
    case .crashes: plugin.crashes.map(Double.init)
    case .open: plugin.openCalls.map(Double.init)
    }
  }

  func text(_ column: TopColumn) -> String {
    switch column {
    case .plugin: plugin.id
    case .state: plugin.state
    case .mode: plugin.mode
    case .cpu, .rate: written(column) { StatusCommand.fixed(.number($0), per: 1, places: 1) }
    case .memory: written(column) { StatusCommand.fixed(.number($0), per: 1_000_000, places: 1) }
    case .p50, .p99: written(column) { StatusCommand.fixed(.number($0), per: 1_000, places: 3) }
    case .pid, .calls, .queue, .drops, .crashes, .open: written(column) { String(StatusCommand.whole($0)) }
    }
  }

  private func written(_ column: TopColumn, _ write: (Double) -> String) -> String { number(column).map(write) ?? "–" }

  /// Numbers from the largest on, what is not known last; texts and equals by their letters.
  static func comes(_ first: TopRow, before second: TopRow, by column: TopColumn) -> Bool {
    if column.isText {
      let (one, other) = (first.text(column), second.text(column))
      return one == other ? first.plugin.id < second.plugin.id : one < other
    }
    let (one, other) = (first.number(column) ?? -1, second.number(column) ?? -1)
    return one == other ? first.plugin.id < second.plugin.id : one > other
  }
}
