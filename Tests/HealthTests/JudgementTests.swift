// SPDX-License-Identifier: Apache-2.0

import JSON
import PluginSDK
import Testing

@testable import Health

/// Verdicts on answers that no capture holds, and on answers that no trainer should give.
@Suite struct JudgementTests {
  private func judge(
    _ kind: CheckKind, _ data: JSONValue?, payload: [String: JSONValue] = [:], before: ThroughputResult.Earlier? = nil
  ) -> CheckOutcome {
    CheckOutcome(
      [RankReply(session: "s", data: data, error: nil)], CheckContext(kind: kind, payload: payload, before: before))
  }

  @Test func ranksThatDoNotAgree() {
    let data: JSONValue = [
      "is_distributed": true, "world_size": 1, "ok": false,
      "notes": ["State metadata (names/shapes/dtypes) differ across ranks", "all ranks arrived"],
    ]
    #expect(
      judge(.dist, data).judgement
        == Judgement(.failed, "The ranks do not agree: State metadata (names/shapes/dtypes) differ across ranks."))
    #expect(judge(.dist, ["ok": false]).judgement == Judgement(.failed, "The ranks do not agree; the trainer does not say in what."))
  }

  @Test func metadataAndContentsDifferingIsNoFalseAlarm() {
    let data: JSONValue = ["ok": false, "notes": ["State metadata differ", "Parameter content parity mismatch across ranks (DDP)"]]
    #expect(judge(.dist, data, payload: ["sample_weights": 4]).judgement.verdict == .failed)
  }

  @Test func oneRankSpeaksForItself() {
    let replies = [
      RankReply(session: "s0", data: captured("ranks", "dist_health", rank: 0), error: nil),
      RankReply(session: "s1", data: nil, error: "'dist_health' was not answered within 30.0 seconds"),
    ]
    #expect(
      CheckOutcome(replies, CheckContext(kind: .dist)).judgement
        == Judgement(
          .error, "On session 's1' of 2: The check could not be made: 'dist_health' was not answered within 30.0 seconds."))
  }

  @Test func throughputAgainstTheLastTime() {
    let data: JSONValue = ["forward_only_ms_per_sample_med": 2, "steps_probed": 2]
    let before = ThroughputResult.Earlier(millisecondsPerSample: 1, step: 40)
    #expect(
      judge(.throughput, data, before: before).judgement
        == Judgement(
          .warning,
          "A forward pass takes 2 ms a sample, 50 % fewer samples a second than last time (1 ms at step 40); the backward pass is not timed, as "
            + "the trainer probes in inference mode."))
    let alike = ThroughputResult.Earlier(millisecondsPerSample: 1.9, step: nil)
    #expect(judge(.throughput, data, before: alike).judgement.verdict == .ok)
    #expect(
      judge(.throughput, ["steps_probed": 0]).judgement == Judgement(.warning, "No batch was timed: the validation loader gave none."))
  }

  @Test func saturatedLayers() {
    let data: JSONValue = [
      "total_layers": 2, "budget_steps": 2,
      "top": [["layer": "gate", "sat_frac": 0.7, "dead_frac": 0], ["layer": "act", "sat_frac": 0, "dead_frac": 0.95]],
    ]
    #expect(
      judge(.activations, data).judgement
        == Judgement(.warning, "Layer 'act' gives zero for 95 % of its outputs, and 1 other layer is near it or worse than usual."))
  }

  @Test func overflowsOfTheScaler() {
    #expect(
      judge(.numerics, ["problems": [], "amp_overflow_sum": 3]).judgement
        == Judgement(.warning, "No NaN or infinity in the tensors sampled, but the gradient scaler found overflows (3)."))
    #expect(
      judge(.numerics, ["problems": [["kind": "param", "name": "w", "error": "no storage"]]]).judgement
        == Judgement(.warning, "1 tensor could not be looked at: 'w' (param, no storage)."))
  }

  @Test func samplersWithoutState() {
    let data: JSONValue = [
      "ok": true, "torch_rng_len": 1, "numpy_state_len": 1, "train_sampler_has_state": false, "session_managed": false, "handled": false,
    ]
    #expect(
      judge(.determinism, data).judgement
        == Judgement(.warning, "Training may go on otherwise than without the pause; what is missing: the state of the train sampler."))
    #expect(
      judge(.determinism, ["ok": false, "notes": ["torch RNG capture failed: no"]]).judgement
        == Judgement(.warning, "Training may go on otherwise than without the pause: torch RNG capture failed: no."))
  }

  // MARK: - What no trainer should answer

  @Test(arguments: CheckKind.allCases)
  func answersThatAreNoObject(_ kind: CheckKind) {
    for data: JSONValue? in [nil, .null, [], 3, "text", true] {
      let outcome = judge(kind, data)
      #expect(outcome.judgement == Judgement(.error, "The trainer's answer to '\(kind.command)' cannot be read: it is no object."))
    }
  }

  @Test(arguments: [
    (CheckKind.dist, "The trainer did not tell whether its ranks agree: 'ok' is missing or no truth value."),
    (.throughput, "The trainer did not tell how long a sample takes: 'forward_only_ms_per_sample_med' is missing or no number."),
    (.activations, "The trainer did not tell of its layers: 'top' is missing or no list."),
    (.numerics, "The trainer did not tell of its tensors: 'problems' is missing or no list."),
    (.determinism, "The trainer did not tell whether a pause can be undone exactly: 'ok' is missing or no truth value."),
  ])
  func answersWithNothingInThem(_ kind: CheckKind, _ sentence: String) {
    #expect(judge(kind, [:]).judgement == Judgement(.error, sentence))
  }

  @Test(arguments: CheckKind.allCases)
  func everyMemberOfTheWrongKind(_ kind: CheckKind) {
    let members = (captured("plain", kind.command).objectValue ?? [:]).mapValues { _ in JSONValue.object(["deep": [["x": .null]]]) }
    let outcome = judge(kind, .object(members))
    #expect(outcome.judgement.verdict == .error)
    #expect(outcome.fields["not_told"]?.arrayValue?.isEmpty == false)
    #expect(outcome.text == nil)
  }

  @Test(arguments: CheckKind.allCases)
  func everyMemberNull(_ kind: CheckKind) {
    let members = (captured("plain", kind.command).objectValue ?? [:]).mapValues { _ in JSONValue.null }
    #expect(judge(kind, .object(members)).judgement.verdict == .error)
  }

  @Test func aReportOfTenMegabytesIsCut() {
    var data = captured("plain", "numerics_health")
    data["text"] = .string("Run: r\nStep: 5 | Epoch: 1\n" + String(repeating: "é", count: 5 << 20))
    let outcome = judge(.numerics, data)
    #expect(outcome.judgement.verdict == .ok)
    #expect(outcome.head?.step == 5)
    #expect((outcome.text?.utf8.count ?? 0) < 40_000)
    #expect(outcome.text?.hasSuffix("… (10485786 bytes in all)") == true)
  }

  @Test func fieldsThatNobodyKnowsAreKeptWithinReason() {
    var data = captured("plain", "numerics_health")
    data["novel"] = ["a": 1]
    #expect(judge(.numerics, data).fields["novel"] == ["a": 1])
    for index in 0..<1_000 { data["extra\(index)"] = .string(String(repeating: "x", count: 1_000)) }
    #expect(judge(.numerics, data).fields["problems"] == [])
    #expect(judge(.numerics, data).fields["extra1"] == nil)
  }

  @Test func hugeListsAreReadAndKeptShort() {
    let problem: JSONValue = ["kind": "param", "name": .string(String(repeating: "n", count: 5_000)), "has_nan": true]
    let outcome = judge(.numerics, ["problems": .array(Array(repeating: problem, count: 5_000))])
    #expect(outcome.judgement.sentence.hasPrefix("5000 tensors of those sampled are not finite: 'nnn"))
    #expect(outcome.judgement.sentence.hasSuffix("and 4997 more."))
    #expect(JSONValue.object(outcome.fields).bytes().count < 40_000)
  }

  @Test func absurdNumbersAreSurvived() {
    let layer: JSONValue = ["layer": "a", "dead_frac": 1e300, "sat_frac": -1e300, "score": 1e300]
    #expect(judge(.activations, ["top": [layer], "total_layers": -5, "budget_steps": 2]).judgement.verdict == .failed)
    #expect(judge(.throughput, ["forward_only_ms_per_sample_med": 1e308, "forward_batch_ms_med": -1e-308]).judgement.verdict == .ok)
    #expect(judge(.throughput, ["forward_only_ms_per_sample_med": -1]).judgement.verdict == .error)
    #expect(judge(.dist, ["ok": true, "world_size": 9_000_000_000_000_000_000]).judgement.verdict == .warning)
  }

  @Test func aRefusedCheckIsAnErrorWithTheTrainersWords() {
    let refusal = PluginFailure(
      "the trainer refused 'dist_health': Model must be paused", code: "trainer_refused", data: ["detail": "Traceback"])
    #expect(
      CheckOutcome(RankReply.all(in: refusal, session: "s"), CheckContext(kind: .dist)).judgement
        == Judgement(.error, "The check could not be made: the trainer refused 'dist_health': Model must be paused."))
  }

  @Test func ranksInAFailureAreEachHeard() {
    let data: JSONValue = [
      "ranks": [["session": "s0", "data": captured("ranks", "dist_health", rank: 0)], ["session": "s1", "error": "lost"]]
    ]
    let failure = PluginFailure("'dist_health' failed in 1 of 2 ranks", code: "rank_failed", data: data)
    let outcome = CheckOutcome(RankReply.all(in: failure, session: "s0"), CheckContext(kind: .dist))
    #expect(outcome.judgement == Judgement(.error, "On session 's1' of 2: The check could not be made: lost."))
  }

  @Test(arguments: [
    (0.0227, "0.0227"), (0, "0"), (12.345, "12.3"), (1234.5, "1230"), (-3, "-3"), (1e-9, "1e-09"), (.infinity, "not finite"),
    (99.96, "100"),
  ])
  func numbersInSentences(_ value: Double, _ text: String) { #expect(value.shown == text) }
}
