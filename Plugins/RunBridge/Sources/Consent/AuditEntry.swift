// SPDX-License-Identifier: Apache-2.0

internal import JSON

/// What a run asked for, and what came of it; never with what.
struct AuditEntry: Sendable, Hashable {
  var number: Int64 = 0
  /// Unix seconds.
  var time: Double
  var run: String
  var runName: String
  /// The request's type.
  var what: String
  /// As the command's name.
  var detail: String?
  var decision: String
  /// "ok", or why it failed; nil while it is under way.
  var outcome: String?
  var milliseconds: Double?
  /// The front that decided.
  var by: String?

  init(_ what: String, _ detail: String?, _ decision: AuditDecision, for caller: Caller, by: String? = nil) {
    time = AuditClock.now
    (run, runName) = (caller.run, caller.name)
    (self.what, self.detail, self.by) = (what, detail, by)
    self.decision = decision.rawValue
  }

  init(number: Int64, time: Double, run: String, runName: String, what: String, decision: String) {
    (self.number, self.time, self.run, self.runName, self.what) = (number, time, run, runName, what)
    self.decision = decision
  }

  var value: JSONValue {
    [
      "number": .integer(number), "time": .number(time), "run": .string(run), "run_name": .string(runName), "what": .string(what),
      "detail": detail.map { .string($0) } ?? .null, "decision": .string(decision), "outcome": outcome.map { .string($0) } ?? .null,
      "milliseconds": milliseconds.map { .number($0) } ?? .null, "by": by.map { .string($0) } ?? .null,
    ]
  }
}
