// SPDX-License-Identifier: Apache-2.0
import JSON

/// What a host says of itself and its plugins at one moment. What it does not say is nil.
struct TopSample {
  struct Plugin {
    var id: String
    var state: String
    var mode: String
    var pid: Int?
    /// Processor seconds since its process began.
    var cpuSeconds: Double?
    var residentBytes: Double?
    var calls: Int?
    var p50Microseconds: Double?
    var p99Microseconds: Double?
    /// Calls and events that wait for it.
    var queued: Int?
    var dropped: Int?
    var crashes: Int?
    var openCalls: Int?
  }

  var status: JSONValue
  /// CLOCK_MONOTONIC, in nanoseconds.
  var time: UInt64
  var plugins: [Plugin]

  init(_ status: JSONValue, time: UInt64) {
    self.status = status
    self.time = time
    plugins = (status["plugins"]?.arrayValue ?? []).map(Plugin.init)
  }

  var calls: Int { plugins.compactMap(\.calls).reduce(0) { $0.addingReportingOverflow($1).partialValue } }
}

extension TopSample.Plugin {
  init(_ row: JSONValue) {
    id = StatusCommand.text(row["id"])
    state = StatusCommand.text(row["state"])
    mode = StatusCommand.text(row["mode"])
    pid = row["pid"]?.intValue
    cpuSeconds = row["cpuSeconds"]?.doubleValue
    residentBytes = row["residentBytes"]?.doubleValue
    calls = row["calls"]?.intValue
    // Without a call there is no time of one.
    let wasCalled = (row["calls"]?.intValue ?? 0) > 0
    p50Microseconds = wasCalled ? row["p50Microseconds"]?.doubleValue : nil
    p99Microseconds = wasCalled ? row["p99Microseconds"]?.doubleValue : nil
    let waiting = [row["eventsQueued"]?.intValue, row["backlog"]?.intValue].compactMap(\.self)
    queued = waiting.isEmpty ? nil : waiting.reduce(0) { $0.addingReportingOverflow($1).partialValue }
    dropped = row["eventsDropped"]?.intValue
    crashes = row["crashes"]?.intValue
    openCalls = row["openCalls"]?.intValue
  }
}
