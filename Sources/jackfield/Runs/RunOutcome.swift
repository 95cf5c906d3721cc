// SPDX-License-Identifier: Apache-2.0
import JSON

/// How an order to run ended.
struct RunOutcome {
  /// The command's answer; nil when it was cancelled.
  var answer: JSONValue?
  var wasInterrupted = false

  var runs: [JSONValue] { answer?["runs"]?.arrayValue ?? [] }

  var status: Int32 {
    if wasInterrupted { return SystemExit.interrupted }
    return answer != nil && runs.allSatisfy { $0["status"] == "ok" || $0["status"] == "waiting" } ? SystemExit.ok : SystemExit.failed
  }

  /// What is to be said at the end: that Ctrl-C was heard, what was not run, what waits, which wish was not fulfilled.
  var notes: [String] {
    guard answer != nil else { return wasInterrupted ? ["interrupted"] : [] }
    let aborted = runs.filter { $0["status"] == "aborted" }
    let count = aborted.count == 1 ? "1 block was" : "\(aborted.count) blocks were"
    let reason = aborted.first?["reason"]?.stringValue.map { ": \($0)" } ?? ""
    return (aborted.isEmpty ? [] : ["\(count) not run\(reason)"])
      + runs.filter { $0["status"] == "waiting" }.map { run in
        let id = StatusCommand.text(run["run"])
        return "queued as \(id); 'jackfield call code.output --run \(id) --stream' follows it"
      } + [answer?["note"]?.stringValue].compactMap(\.self)
  }
}
