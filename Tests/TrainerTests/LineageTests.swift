// SPDX-License-Identifier: Apache-2.0
// Forks, merges and switches: nothing that was trained is lost, and no name is used twice.

import FoundationEssentials
import JSON
import PluginSDK
import PluginTestKit
import Testing

@testable import Trainer

@Suite(.timeLimit(.minutes(1))) struct LineageTests {
  private let here = FileManager.default.currentDirectoryPath

  // MARK: - Forks

  @Test func forkPausesTakesTheCheckpointOfThePauseAndGoesOn() async throws {
    let bench = try await PluginBench(.runs("baseline", forks: 7))
    let trainer = try await bench.trainer()
    let answer = try await bench.ask("trainer.fork", ["indices": [4, 2], "hparams": ["lr_mul": 0.5]])
    #expect(trainer.commands == ["pause", "fork", "resume"])
    #expect(
      trainer.payload(of: "fork") == [
        "run_name": "fork8", "parent_run_id": "baseline", "owner_run_id": "baseline", "hparams": ["lr_mul": 0.5],
        "parent_ckpt_path": .string(here + "/checkpoints/demo__baseline__step5.pt"), "selection": ["kind": "indices", "ids": [4, 2]],
      ])
    #expect(answer["run"] == "fork8" && answer["parent"] == "baseline" && answer["samples"] == 2 && answer["resumed"] == true)
    #expect(answer["selected"] == "the given samples" && answer["warnings"] == nil)
    await bench.host.close()
  }

  @Test func pausedTrainingStaysPausedUnlessToldOtherwise() async throws {
    let bench = try await PluginBench(.runs("baseline"))
    let trainer = try await bench.trainer()
    trainer.trainer.send(event("paused", seq: 2))
    try await bench.status { $0["state"] == "paused" }
    #expect(try await bench.ask("trainer.fork")["resumed"] == false)
    #expect(trainer.commands == ["pause", "fork"])
    #expect(try await bench.ask("trainer.fork", ["resume": true])["resumed"] == true)
    await bench.host.close()
  }

  @Test func regionBecomesTheSamplesOfTheNewestReport() async throws {
    let ledger = FakeLedger([
      "runs.names": { _ in ["counters": ["fork": 0], "taken": []] },
      "runs.report": { input in
        input["from"] == 0
          ? ["id": 3, "losses": [0.1, 0.5, nil], "sample_indices": [10, 11, 12], "next": 3]
          : ["id": 3, "losses": [0.6, 0.2], "sample_indices": [13, 14], "next": nil]
      },
    ])
    let bench = try await PluginBench(ledger)
    let trainer = try await bench.trainer()
    let answer = try await bench.ask("trainer.fork", ["region": ["min_loss": 0.2, "max_loss": 0.6]])
    #expect(trainer.payload(of: "fork")?["selection"] == ["kind": "indices", "ids": [11, 13, 14]])
    #expect(trainer.payload(of: "fork")?["region"] == nil)
    #expect(answer["selected"] == "the samples of the newest report" && answer["samples"] == 3)
    let pages = ledger.questions.filter { $0.hasPrefix("runs.report") }
    #expect(
      pages == [
        #"runs.report {"from":0,"limit":100000,"run":"baseline","subset_on":"train"}"#, #"runs.report {"from":3,"id":3,"limit":100000}"#,
      ])
    let refusal = try await bench.refusal("trainer.fork", ["run": "baseline", "region": ["min_loss": 7, "max_loss": 8]])
    #expect(refusal?.message == "no sample of the newest report of 'baseline' has a loss from 7.0 to 8.0; choose another region")
    await bench.host.close()
  }

  @Test func regionWithoutAReportIsLeftToTheTrainerAndSaidSo() async throws {
    let bench = try await PluginBench(.runs("baseline"))
    let trainer = try await bench.trainer()
    let answer = try await bench.ask("trainer.fork", ["region": ["min_loss": 0, "max_loss": 1]])
    #expect(trainer.payload(of: "fork")?["region"] == ["minLoss": 0.0, "maxLoss": 1.0])
    #expect(
      answer["warnings"]?[0]?.stringValue
        == "there is no recorded report of 'baseline': the trainer scans the samples itself, in training mode, and may pick others than a report "
        + "shows")
    await bench.host.close()
  }

  @Test func forkOfAnotherRunLoadsItsNewestUsableCheckpoint() async throws {
    let bench = try await PluginBench(.runs("baseline", "old"))
    let trainer = try await bench.trainer()
    _ = try await bench.ask("trainer.fork", ["run": "old"])
    #expect(trainer.payload(of: "fork")?["parent_ckpt_path"] == "/ckpt/old.pt")
    let refusal = try await bench.refusal("trainer.fork", ["run": "never"])
    #expect(refusal?.code == "no_checkpoint")
    #expect(trainer.commands == ["pause", "fork", "resume"], "nothing is paused for what cannot be done")
    await bench.host.close()
  }

  @Test func refusedForkLetsTheTrainingGoOn() async throws {
    let bench = try await PluginBench(.runs("baseline"))
    let trainer = try await bench.trainer { command, payload in
      command == "fork" ? ["refused": "no disk"] : ObedientTrainer.usual(command, payload)
    }
    #expect(try await bench.refusal("trainer.fork", ["name": "x"])?.message == "the trainer refused 'fork': no disk")
    #expect(trainer.commands == ["pause", "fork", "resume"])
    #expect(try await bench.refusal("trainer.fork", ["name": "x"])?.code == "trainer_refused", "the name is free again")
    await bench.host.close()
  }

  @Test(
    arguments: [
      (
        ["hparams": ["lr": 0.1]],
        "'hparams.lr' would be ignored by the trainer without a word: it takes only 'lr_mul' and 'wd_mul', factors of the learning rate and "
          + "the weight decay"
      ),
      (["hparams": ["lr_mul": 0]], "'hparams.lr_mul' must be above zero"),
      (["indices": [1], "quantile": [:]], "'indices' and 'quantile' each choose samples; give one of them"),
      (["indices": []], "'indices' is empty; a fork needs samples to train on"),
      (["region": ["min_loss": 2, "max_loss": 1]], "'region.min_loss' (2.0) is above 'region.max_loss' (1.0)"),
      (["quantile": ["from": 0.9, "to": 0.1]], "'quantile' must be from a smaller to a larger number of 0 to 1"),
      (["kmeans": ["k": 3, "target_clusters": [3]]], "'kmeans.target_clusters' must be below 'k' (3)"),
      (["selection": ["kind": "magic"]], "'selection.kind' must be 'indices', 'quantile' or 'kmeans'"),
    ] as [(JSONValue, String)])
  func forkThatMeansNothingIsRefusedBeforeAnythingIsSent(input: JSONValue, reason: String) async throws {
    let bench = try await PluginBench(.runs("baseline"))
    let trainer = try await bench.trainer()
    #expect(try await bench.refusal("trainer.fork", input)?.message == "cannot do 'trainer.fork': " + reason)
    #expect(trainer.commands.isEmpty)
    await bench.host.close()
  }

  // MARK: - Names

  @Test func forksAtOnceHaveNamesOfTheirOwn() async throws {
    let bench = try await PluginBench(.runs("baseline", forks: 2))
    for number in 1...5 { _ = try await bench.trainer("sess-\(number)", run: "run\(number)") { ObedientTrainer.usual($0, $1) } }
    let names = try await withThrowingTaskGroup(of: String.self) { group in
      for number in 1...5 {
        group.addTask { try await bench.ask("trainer.fork", ["session": .string("sess-\(number)")])["run"]?.stringValue ?? "" }
      }
      return try await group.reduce(into: Set<String>()) { $0.insert($1) }
    }
    #expect(names == ["fork3", "fork4", "fork5", "fork6", "fork7"])
    await bench.host.close()
  }

  @Test func nameOfAnotherRunIsRefused() async throws {
    let bench = try await PluginBench(.runs("baseline", "My-fork-1"))
    _ = try await bench.trainer(run: "live")
    let message =
      "cannot name a run 'My-fork-1': another run is called so, and the trainer would write over its files; choose another name, or leave it out"
    #expect(try await bench.refusal("trainer.fork", ["name": "My fork/ü 1"])?.message == message)
    #expect(try await bench.refusal("trainer.fork", ["name": "live"])?.code == "name_taken")
    #expect(try await bench.ask("trainer.fork", ["name": "new one"])["run"] == "new-one")
    #expect(try await bench.refusal("trainer.fork", ["name": "new/one"])?.code == "name_taken")
    #expect(try await bench.refusal("trainer.fork", ["name": "ü/…"])?.code == "bad_name")
    await bench.host.close()
  }

  @Test(arguments: [
    ("My fork/ü 1", "My-fork-1"), ("a//b", "a-b"), ("-_.x.-", "x"), ("a - b", "a---b"), ("..", nil), ("", nil),
    (String(repeating: "é", count: 5_000), nil), (String(repeating: "ab", count: 5_000), String(repeating: "ab", count: 60)),
  ])
  func namesAreCleanedAsTheTrainerDoes(name: String, expected: String?) { #expect(NameBook.clean(name) == expected) }

  // MARK: - Merges

  @Test func mergeTakesTheNewestCheckpointOfEachParent() async throws {
    let bench = try await PluginBench(.runs("a", "b", merges: 1))
    let trainer = try await bench.trainer()
    let answer = try await bench.ask("trainer.merge", ["parents": ["a", "b", "baseline"], "strategy": "fisher"])
    #expect(
      trainer.payload(of: "merge") == [
        "strategy": "fisher", "new_name": "merge2", "parents": ["a", "b", "baseline"],
        "paths": ["/ckpt/a.pt", "/ckpt/b.pt", .string(here + "/checkpoints/demo__baseline__step5.pt")],
      ])
    #expect(answer["run"] == "merge2" && answer["resumed"] == true)
    #expect(answer["warnings"] == ["the trainer has no Fisher information: 'fisher' averages as 'swa' does"])
    await bench.host.close()
  }

  @Test(
    arguments: [
      (
        ["parents": ["a", "x", "y"]],
        "cannot merge: 'x', 'y' have no checkpoint that can be loaded; pause or save while that run is trained, or give files as 'paths'"
      ),
      (
        ["parents": ["a", "b"], "strategy": "distill"],
        "cannot do 'trainer.merge': the trainer knows no strategy 'distill' and would average as for 'swa' without a word; give 'swa', "
          + "'fisher' or 'adapter'"
      ),
      (["parents": ["a"]], "cannot do 'trainer.merge': give at least two runs as 'parents', or checkpoint files as 'paths'"),
      (["parents": ["a", "a"]], "cannot do 'trainer.merge': a run stands twice in 'parents'"),
    ] as [(JSONValue, String)])
  func mergeThatCannotBeIsRefusedBeforeAnythingIsSent(input: JSONValue, message: String) async throws {
    let bench = try await PluginBench(.runs("a", "b"))
    let trainer = try await bench.trainer()
    #expect(try await bench.refusal("trainer.merge", input)?.message == message)
    #expect(trainer.commands.isEmpty)
    await bench.host.close()
  }

  // MARK: - Switches

  @Test func runThatIsLeftIsPausedAndSavedBeforeASwitch() async throws {
    let bench = try await PluginBench(.runs("old", forks: 4, merges: 2))
    let trainer = try await bench.trainer()
    let answer = try await bench.ask("trainer.switch", ["run": "old"])
    #expect(trainer.commands == ["pause", "switch_run"])
    #expect(
      trainer.payload(of: "switch_run") == [
        "run_id": "old", "init_ckpt": "/ckpt/old.pt", "init_step": 7, "fork_counter_init": 4, "merge_counter_init": 2,
      ])
    #expect(answer["saved"] == ["run": "baseline", "step": 5, "checkpoint": .string(here + "/checkpoints/demo__baseline__step5.pt")])
    let session = try await bench.ask("trainer.list")["sessions"]?[0]
    #expect(session?["run"] == "old" && session?["state"] == "paused" && session?["reason"] == "'switch_run' left it paused")
    await bench.host.close()
  }

  @Test func nothingIsSwitchedWhenTheRunThatIsLeftCannotBeSaved() async throws {
    let bench = try await PluginBench(.runs("old"))
    let trainer = try await bench.trainer { command, payload in
      switch command {
      case "pause": ["status": "paused", "step": 5, "ckpt": nil]
      case "save_ckpt": ["path": nil, "step": 5]
      default: ObedientTrainer.usual(command, payload)
      }
    }
    #expect(try await bench.refusal("trainer.switch", ["run": "old"])?.code == "not_saved")
    #expect(trainer.commands == ["pause", "save_ckpt"])
    _ = try await bench.ask("trainer.switch", ["run": "old", "save": false])
    #expect(trainer.commands == ["pause", "save_ckpt", "switch_run"])
    await bench.host.close()
  }

  @Test func switchWithoutACheckpointNeedsToBeWanted() async throws {
    let bench = try await PluginBench(.runs("old"))
    let trainer = try await bench.trainer()
    #expect(
      try await bench.refusal("trainer.switch", ["run": "none"])?.message
        == "run 'none' has no checkpoint that can be loaded: none is known whose file, or a kept copy of it, is there; for a switch, give one as "
        + "'checkpoint', or 'withoutCheckpoint' to go on with the weights the trainer has")
    #expect(trainer.commands.isEmpty)
    _ = try await bench.ask("trainer.switch", ["run": "none", "withoutCheckpoint": true])
    _ = try await bench.ask("trainer.switch", ["run": "x", "checkpoint": "sub/./x.pt", "step": 3])
    #expect(trainer.payload(of: "switch_run")?["init_ckpt"] == .string(here + "/sub/x.pt"))
    #expect(trainer.payload(of: "switch_run")?["init_step"] == 3)
    await bench.host.close()
  }

  @Test func attachToTheSameRunSavesNothing() async throws {
    let bench = try await PluginBench(.runs("baseline"))
    let trainer = try await bench.trainer()
    let answer = try await bench.ask("trainer.attach")
    #expect(trainer.commands == ["attach_context"] && answer["saved"] == nil && answer["checkpoint"] == "/ckpt/baseline.pt")
    await bench.host.close()
  }

  // MARK: - Without records

  @Test func withoutAStoreWhatCanBeDoneIsDoneAndSaidSo() async throws {
    let bench = try await PluginBench()
    let trainer = try await bench.trainer()
    let warning = "nobody keeps records of runs: names and checkpoints are only known as far as they were seen since the start"
    #expect(try await bench.ask("trainer.fork")["warnings"] == [.string(warning)])
    #expect(try await bench.ask("trainer.fork")["run"] == "fork2")
    #expect(try await bench.ask("trainer.merge", ["parents": ["fork1", "fork2"]])["warnings"] == [.string(warning)])
    #expect(trainer.payload(of: "merge")?["paths"] == nil)
    #expect(try await bench.refusal("trainer.switch", ["run": "baseline"])?.code == "no_checkpoint")
    await bench.host.close()
  }
}
