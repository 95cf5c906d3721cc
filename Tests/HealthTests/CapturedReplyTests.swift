// SPDX-License-Identifier: Apache-2.0

import JSON
import Testing

@testable import Health

/// What is made of the replies of a real trainer.
@Suite struct CapturedReplyTests {
  private func outcome(_ kind: CheckKind, _ situation: String = "plain", payload: [String: JSONValue] = [:]) -> CheckOutcome {
    CheckOutcome(
      [RankReply(session: "s", data: captured(situation, kind.command), error: nil)], CheckContext(kind: kind, payload: payload))
  }

  @Test(arguments: [
    (CheckKind.dist, "plain", Verdict.ok, "The training runs in one process: there are no other ranks to compare with."),
    (
      .throughput, "plain", .ok,
      "A forward pass takes 0.0227 ms a sample and 0.726 ms a batch; the backward pass is not timed, as the trainer probes in inference mode."
    ),
    (.activations, "plain", .ok, "No layer of 2 is dead or saturated; the worst is 'act' with 46 % zero or saturated."),
    (.numerics, "plain", .ok, "No NaN or infinity in the tensors sampled (up to 25 parameters and as many buffers)."),
    (
      .determinism, "plain", .ok,
      "Training goes on as without the pause: the trainer keeps the order of the batches itself (seed 42)."
    ),
    (
      .numerics, "nan", .failed,
      "2 tensors of those sampled are not finite: 'bound' (buffer, Inf), 'scale' (buffer, NaN)."
    ),
    (.activations, "dead", .failed, "Layer 'act' gives zero for 100 % of its outputs."),
  ])
  func verdictAndSentence(_ kind: CheckKind, _ situation: String, _ verdict: Verdict, _ sentence: String) {
    let outcome = outcome(kind, situation)
    #expect(outcome.judgement == Judgement(verdict, sentence))
    #expect(outcome.head?.run == "baseline")
    #expect(outcome.head?.epoch == 0)
  }

  @Test func everyFieldIsKept() {
    for kind in CheckKind.allCases {
      var told = captured("plain", kind.command).objectValue ?? [:]
      told["text"] = nil
      #expect(outcome(kind).fields == told)
    }
  }

  @Test func ranksThatAgree() {
    let replies = [0, 1].map { (rank: Int) in RankReply(session: "s\(rank)", data: captured("ranks", "dist_health", rank: rank), error: nil)
    }
    let outcome = CheckOutcome(replies, CheckContext(kind: .dist))
    #expect(outcome.judgement == Judgement(.ok, "All 2 ranks (gloo) have the same parameter names, shapes and types."))
    #expect(outcome.fields["ranks"]?[1]?["rank"] == 1)
  }

  @Test func oneRankOfTwo() {
    let outcome = CheckOutcome(
      [RankReply(session: "s0", data: captured("ranks", "dist_health", rank: 0), error: nil)], CheckContext(kind: .dist))
    #expect(outcome.judgement == Judgement(.warning, "Only 1 of 2 ranks answered; those agree."))
  }

  @Test func aMismatchOfSampledContentsSaysNothing() {
    let replies = [0, 1].map { (rank: Int) in
      RankReply(session: "s\(rank)", data: captured("ranks", "dist_health", rank: rank, sampled: true), error: nil)
    }
    let outcome = CheckOutcome(replies, CheckContext(kind: .dist, payload: ["sample_weights": 4]))
    #expect(
      outcome.judgement
        == Judgement(
          .warning,
          "The trainer reports other parameter contents on other ranks, but each rank samples other tensors when 'sample_weights' is above 0, "
            + "so this says nothing; names, shapes and types agree."))
  }

  @Test func headOfAReport() {
    let head = ReportHead("Run: a | b: Step: 3\nStep: 12 | Epoch: 4\nTitle")
    #expect(head.run == "a | b: Step: 3")
    #expect(head.step == 12)
    #expect(head.epoch == 4)
  }
}
