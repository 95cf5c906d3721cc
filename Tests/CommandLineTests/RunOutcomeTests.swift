// SPDX-License-Identifier: Apache-2.0
import JSON
import Testing

@testable import jackfield

@Suite struct RunOutcomeTests {
  @Test(
    arguments: [
      (["runs": [["status": "ok"]]], false, 0, []),
      (["runs": []], false, 0, []),
      (["runs": [["status": "ok"], ["status": "error"]]], false, 1, []),
      (["runs": [["status": "lost"]]], false, 1, []),
      (
        ["runs": [["status": "error"], ["status": "aborted", "reason": "one before it failed"], ["status": "aborted"]]], false, 1,
        ["2 blocks were not run: one before it failed"]
      ),
      (["runs": [["status": "aborted"]]], false, 1, ["1 block was not run"]),
      (["runs": [["status": "error"]]], true, 130, []),
      (nil, true, 130, ["interrupted"]),
      (nil, false, 1, []),
      (
        ["runs": [["run": "3f", "status": "waiting"]]], false, 0,
        ["queued as 3f; 'jackfield call code.output --run 3f --stream' follows it"]
      ),
      (["runs": [["status": "ok"]], "note": "another kernel was wished"], false, 0, ["another kernel was wished"]),
    ] as [(JSONValue?, Bool, Int32, [String])])
  func answersBecomeAStatusAndSentences(answer: JSONValue?, interrupted: Bool, status: Int32, notes: [String]) {
    let outcome = RunOutcome(answer: answer, wasInterrupted: interrupted)
    #expect(outcome.status == status)
    #expect(outcome.notes == notes)
  }
}
