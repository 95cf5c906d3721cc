// SPDX-License-Identifier: Apache-2.0

import FoundationEssentials
import JSON
import PluginSDK
import SQLite
import Synchronization
import SmallDisk
import Testing

@testable import Export

/// Work that is broken off, or whose files go away, at each place where it asks whether to go on.
@Suite(.serialized) final class InterruptionTests {
  private let directory = "/tmp/jackfield-interrupt-\(UInt64.random(in: 0 ... .max))"

  init() throws { try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: false) }

  deinit { try? FileManager.default.removeItem(atPath: directory) }

  /// Does something at the given question, counted from 0; it also answers that question.
  private final class Moment: Sendable {
    private let number: Int
    private let asked = Mutex(0)
    private let happen: @Sendable () -> Bool

    init(_ number: Int, _ happen: @escaping @Sendable () -> Bool) { (self.number, self.happen) = (number, happen) }

    var hasCome: Bool { asked.withLock { $0 > number } }
    var work: Work {
      Work(call: nil) { [self] in
        let current = asked.withLock { count in
          defer { count += 1 }
          return count
        }
        return current == number && happen()
      }
    }
  }

  private func names(_ path: String) -> [String] { (try? FileManager.default.contentsOfDirectory(atPath: path).sorted()) ?? [] }

  private func copy(_ checkpoint: String) throws -> CopiedRuns {
    let answer: JSONValue = [
      "runs": [["name": "base"]], "bytes": 4_096, "schema": 2,
      "checkpoints": [
        ["id": 1, "run": "base", "step": 5, "path": .string(checkpoint), "kind": "save", "usable_path": .string(checkpoint)]
      ],
    ]
    return try Payload(bytes: answer.bytes()).decode()
  }

  /// Makes a bundle as the command does, with its staging removed at the end.
  private func write(_ name: String, _ work: Work) throws -> BundleWriter.Outcome {
    let (staging, weights) = (directory + "/staging", directory + "/w.pt")
    try Data(repeating: 7, count: 3 << 20).write(to: URL(filePath: weights))
    try FileManager.default.createDirectory(atPath: staging + "/content", withIntermediateDirectories: true)
    defer { FileSystem.remove(staging) }
    try Database(path: staging + "/content/runs.sqlite").execute(
      "CREATE TABLE runs(id, name); CREATE TABLE reports(id, run, losses, indices)")
    let request: BundleRequest = try Payload(bytes: Array(#"{"path":"x"}"#.utf8)).decode()
    return try BundleWriter(request, target: "\(directory)/\(name)", staging: staging, copy: copy(weights), work: work).write()
  }

  @Test(arguments: ["b", "b.zip", "b.tar.zst"])
  func aBundleBrokenOffAnywhereLeavesNothing(_ name: String) throws {
    for number in 0..<100 {
      let moment = Moment(number) { true }
      do {
        _ = try write(name, moment.work)
        #expect(!moment.hasCome)
        #expect(number > 5)
        return
      } catch is CancellationError {
        #expect(names(directory) == ["w.pt"], "at \(number)")
      }
    }
    Issue.record("a hundred questions and no end")
  }

  @Test(arguments: ["b", "b.zip", "b.tar.zst"])
  func aCheckpointThatGoesAwayMeanwhileIsToldAndTheBundleIsSound(_ name: String) throws {
    let (weights, target) = (directory + "/w.pt", "\(directory)/\(name)")
    var outcomes: Set<Int> = []
    for number in 0..<100 {
      let moment = Moment(number) {
        try? FileManager.default.removeItem(atPath: weights)
        return false
      }
      let outcome = try write(name, moment.work)
      outcomes.insert(outcome.missing.count)
      let verifier = BundleVerifier(
        source: try BundleSource(path: target), work: Moment(-1) { false }.work, scratch: directory + "/scratch")
      #expect(try verifier.answer()["ok"] == true, "at \(number)")
      try FileManager.default.removeItem(atPath: target)
      if !moment.hasCome { break }
    }
    #expect(outcomes == [0, 1])
  }

  @Test(arguments: ["b", "b.zip", "b.tar.zst"])
  func anImportBrokenOffAnywhereLeavesNothing(_ name: String) throws {
    _ = try write(name, Moment(-1) { false }.work)
    let bundles = directory + "/bundles"
    for number in 0..<200 {
      let moment = Moment(number) { true }
      do {
        let received = try BundleReceiver(source: BundleSource(path: "\(directory)/\(name)"), bundles: bundles, work: moment.work).receive()
        #expect(!moment.hasCome)
        #expect(names(bundles) == [received.key])
        #expect(names(received.place) == ["checkpoints", "manifest.json", "runs.sqlite"])
        return
      } catch is CancellationError {
        #expect(names(bundles) == [], "at \(number)")
      }
    }
    Issue.record("two hundred questions and no end")
  }

  @Test(.enabled(if: SmallDisk.isPossible)) func anImportThatDoesNotFitIsRefusedAndLeavesNothing() throws {
    _ = try write("b.zip", Moment(-1) { false }.work)
    let disk = try SmallDisk(megabytes: 17)
    let receiver = BundleReceiver(
      source: try BundleSource(path: directory + "/b.zip"), bundles: disk.path + "/bundles", work: Moment(-1) { false }.work)
    let error = #expect(throws: PluginFailure.self) { try receiver.receive() }
    #expect(error?.code == "disk_full")
    #expect(names(disk.path + "/bundles") == [])
  }
}
