// SPDX-License-Identifier: Apache-2.0

import Crypto
import FoundationEssentials
import Glibc
import JSON
import PluginSDK
import PluginTestKit
import SQLite
import Testing

@testable import Store

@Suite struct CheckpointKeeperTests {
  /// A store that keeps, a trainer's folder, and rows behind its back.
  private final class Bench {
    let store: StoreHarness
    let filled: FilledDatabase
    let folder: String
    private var seq = 0

    init(keep: String) async throws {
      store = try await StoreHarness(configuration: #"{"checkpoints": {"keep": "\#(keep)"}}"#)
      filled = try await FilledDatabase(of: store)
      folder = filled.directory + "/trainer"
      try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    }

    /// Writes a file as torch.save does: into the same inode when the name exists.
    func save(_ name: String, _ text: String) -> String {
      let path = "\(folder)/\(name)"
      let file = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0o644)
      _ = write(file, text, text.utf8.count)
      close(file)
      return path
    }

    /// Lets the store commit something of the run, as a trainer does after saving.
    func commit(run: String = "r") async throws {
      seq += 1
      store.publish(step(seq, seq: seq, run: run, session: "s"))
      try await store.committed("s", seq)
    }

    func rows(run: String = "r") async throws -> [JSONValue] {
      try await store.ask("runs.checkpoints", ["run": .string(run)])["checkpoints"]?.arrayValue ?? []
    }

    /// Waits until the run's checkpoints are as wanted; each change of them is announced.
    func until(run: String = "r", _ isReached: ([JSONValue]) -> Bool) async throws -> [JSONValue] {
      while true {
        let rows = try await rows(run: run)
        if isReached(rows) { return rows }
        _ = try await store.host.published("runs.changed")
      }
    }

    /// What verifying says of kept checkpoints.
    func findings() async throws -> [String] {
      try await store.ask("store.verify")["findings"]?.arrayValue?.filter { $0["kind"] == "checkpoint" }.compactMap {
        $0["sentence"]?.stringValue
      } ?? []
    }

    var kept: [String] { FileTools.names(in: filled.directory + "/checkpoints").sorted() }
  }

  private func digest(_ text: String) throws -> String { try SHA256.digest(of: Array(text.utf8)).description }

  @Test func aCheckpointOutlivesItsFile() async throws {
    let bench = try await Bench(keep: "all")
    let path = bench.save("a.pt", "weights")
    try bench.filled.checkpoint(path, step: 1)
    try await bench.commit()
    let row = try await bench.until { $0.first?["kept_path"] != .null }[0]
    #expect(row["sha256"]?.stringValue == (try digest("weights")) && row["bytes"] == 7)
    unlink(path)
    let after = try await bench.rows()[0]
    #expect(after["exists"] == false)
    let usable = try #require(after["usable_path"]?.stringValue)
    #expect(try String(contentsOfFile: usable, encoding: .utf8) == "weights")
    #expect(try await bench.store.ask("store.status")["checkpoints"]?["kept_bytes"] == 7)
    #expect(try await bench.findings() == [])
    await bench.store.host.close()
  }

  @Test func oneContentIsKeptOnce() async throws {
    let bench = try await Bench(keep: "all")
    try bench.filled.checkpoint(bench.save("a.pt", "same"), step: 1)
    try bench.filled.checkpoint(bench.save("b.pt", "same"), step: 2)
    try bench.filled.checkpoint(bench.save("c.pt", "other"), step: 3)
    try await bench.commit()
    let rows = try await bench.until { $0.allSatisfy { $0["kept_path"] != .null } }
    #expect(rows[1]["kept_path"] == rows[2]["kept_path"])
    #expect(bench.kept.count == 2)
    await bench.store.host.close()
  }

  /// The trap of hard links: the trainer opens the same file again, and what was kept becomes something else.
  @Test func aFileThatIsSavedAgainIsFollowed() async throws {
    let bench = try await Bench(keep: "all")
    let path = bench.save("a.pt", "first")
    try bench.filled.checkpoint(path, step: 1)
    try await bench.commit()
    let first = try await bench.until { $0.first?["kept_path"] != .null }[0]
    _ = bench.save("a.pt", "the second")
    try await bench.commit()
    let second = try await bench.until { $0.first?["sha256"] != first["sha256"] }[0]
    #expect(second["sha256"]?.stringValue == (try digest("the second")) && second["bytes"] == 10)
    #expect(bench.kept.count == 1)
    unlink(path)
    let usable = try #require(try await bench.rows()[0]["usable_path"]?.stringValue)
    #expect(try String(contentsOfFile: usable, encoding: .utf8) == "the second")
    #expect(try await bench.findings() == [])
    await bench.store.host.close()
  }

  @Test func onlyTheLastAreKept() async throws {
    let bench = try await Bench(keep: "last 2")
    for number in 1...4 {
      try bench.filled.checkpoint(bench.save("\(number).pt", "weights \(number)"), step: Int64(number))
      try await bench.commit()
      _ = try await bench.until { rows in
        rows.first?["kept_path"] != .null && rows.dropFirst(2).allSatisfy { $0["kept_path"] == .null }
      }
    }
    #expect(bench.kept.count == 2)
    #expect(try await bench.rows().map { $0["kept_path"] == .null } == [false, false, true, true])
    await bench.store.host.close()
  }

  @Test func onlyThoseOfPausesAreKept() async throws {
    let bench = try await Bench(keep: "paused")
    try bench.filled.checkpoint(bench.save("a.pt", "a"), step: 1, kind: "test")
    try bench.filled.checkpoint(bench.save("b.pt", "b"), step: 2, kind: "pause")
    try await bench.commit()
    let rows = try await bench.until { $0.first?["kept_path"] != .null }
    #expect(rows[1]["kept_path"] == .null)
    await bench.store.host.close()
  }

  @Test func nothingIsKeptUnlessAskedFor() async throws {
    let bench = try await Bench(keep: "none")
    try bench.filled.checkpoint(bench.save("a.pt", "a"), step: 1)
    try await bench.commit()
    #expect(!FileManager.default.fileExists(atPath: bench.filled.directory + "/checkpoints"))
    await bench.store.host.close()
  }

  @Test func whatCannotBeKeptIsSaidAndHoldsNothingUp() async throws {
    let bench = try await Bench(keep: "all")
    let pipe = bench.folder + "/pipe"
    mkfifo(pipe, 0o600)
    try bench.filled.checkpoint(bench.folder + "/missing.pt", step: 1)
    try bench.filled.checkpoint(bench.folder, step: 2)
    try bench.filled.checkpoint(pipe, step: 3)
    try bench.filled.checkpoint("relative/x.pt", step: 4)
    try bench.filled.checkpoint("/dev/zero", step: 5)
    try bench.filled.checkpoint(bench.save("good.pt", "good"), step: 6)
    try await bench.commit()
    _ = try await bench.until { $0.first?["kept_path"] != .null }
    let reasons = [
      "cannot read '\(bench.folder)/missing.pt': No such file or directory", "cannot read '\(bench.folder)': it is a directory",
      "cannot read '\(pipe)': it is no regular file",
      "cannot read 'relative/x.pt': the directory it is in is not known; give the trainer an absolute save_dir",
      "cannot read '/dev/zero': it is no regular file",
    ]
    for reason in reasons {
      _ = try await bench.store.host.logged { $0.message == "checkpoint not kept" && "\($0)".contains(reason) }
    }
    #expect(bench.kept.count == 1)
    await bench.store.host.close()
  }

  @Test func aDeletedRunTakesItsKeptFilesAlongUnlessAnotherHasThem() async throws {
    let bench = try await Bench(keep: "all")
    try bench.filled.run("gone")
    try bench.filled.run("stays")
    try bench.filled.checkpoint(bench.save("a.pt", "shared"), run: "gone", step: 1)
    try bench.filled.checkpoint(bench.save("b.pt", "alone"), run: "gone", step: 2)
    try bench.filled.checkpoint(bench.save("c.pt", "shared"), run: "stays", step: 1)
    try await bench.commit(run: "gone")
    _ = try await bench.until(run: "gone") { $0.allSatisfy { $0["kept_path"] != .null } }
    try await bench.commit(run: "stays")
    _ = try await bench.until(run: "stays") { $0.allSatisfy { $0["kept_path"] != .null } }
    #expect(bench.kept.count == 2)
    try bench.filled.database.execute("UPDATE runs SET state = 'finished'")
    _ = try await bench.store.ask("runs.delete", ["run": "gone", "confirm": "gone"])
    #expect(bench.kept.count == 1)
    #expect(try await bench.findings() == [])
    await bench.store.host.close()
  }

  @Test func whatAnEarlierEndLeftIsKeptOrRemovedAtTheStart() async throws {
    let bench = try await Bench(keep: "all")
    try bench.filled.checkpoint(bench.save("a.pt", "a"), step: 1)
    try await bench.commit()
    _ = try await bench.until { $0.first?["kept_path"] != .null }
    let partial = "\(bench.filled.directory)/checkpoints/x\(FileTools.temporarySuffix)"
    try "half".write(toFile: partial, atomically: true, encoding: .utf8)
    CheckpointFiles(data: bench.filled.directory).removePartial()
    #expect(bench.kept.count == 1)
    await bench.store.host.close()
  }

  @Test(arguments: ["some", "last", "last 0", "last -1", "last x", "last 1 2", "All", ""])
  func aPolicyThatIsNoneIsRefused(_ keep: String) async throws {
    let failure = #expect(throws: PluginFailure.self) { try CheckpointPolicy(keep) }
    #expect(
      failure?.message
        == "cannot use '\(keep)' as 'checkpoints.keep': it is \"none\", \"all\", \"paused\", or \"last N\" with N from 1 to 100000")
  }

  @Test func aHugeFileDoesNotHoldUpTheStop() async throws {
    let bench = try await Bench(keep: "all")
    let path = bench.save("huge.pt", "")
    // Holes only: no room is taken, and there is half a minute of reading.
    try #require(truncate(path, 1 << 36) == 0)
    try bench.filled.checkpoint(path, step: 1)
    try await bench.commit()
    #expect(await bench.store.host.stop() == .ok)
    #expect(try bench.filled.database.integer("SELECT count(*) FROM checkpoints WHERE kept IS NOT NULL") == 0)
    #expect(bench.kept == [])
    await bench.store.host.close()
  }

  /// Shared memory is a file system of its own wherever there is one.
  @Test(.enabled(if: FileFacts(path: "/dev/shm")?.device != FileFacts(path: FileManager.default.temporaryDirectory.path())?.device))
  func aFileOfAnotherFileSystemIsCopied() async throws {
    let bench = try await Bench(keep: "all")
    let path = "/dev/shm/jackfield-test-\(UUID().uuidString).pt"
    defer { unlink(path) }
    try "elsewhere".write(toFile: path, atomically: false, encoding: .utf8)
    try bench.filled.checkpoint(path, step: 1)
    try await bench.commit()
    let row = try await bench.until { $0.first?["kept_path"] != .null }[0]
    #expect(bench.kept == [try digest("elsewhere")])
    // A copy is nobody else's: what the trainer does to its file does not matter.
    try "changed".write(toFile: path, atomically: false, encoding: .utf8)
    try await bench.commit()
    #expect(try String(contentsOfFile: #require(row["kept_path"]?.stringValue), encoding: .utf8) == "elsewhere")
    await bench.store.host.close()
  }

  // MARK: - Where no link can be made

  @Test func aCopyIsWholeOrNotThere() throws {
    let filled = try FilledDatabase()
    let source = filled.directory + "/source"
    try String(repeating: "weights ", count: 400_000).write(toFile: source, atomically: true, encoding: .utf8)
    let (file, facts) = try FileTools.open(source)
    defer { FileTools.close(file) }
    let cancellation = Cancellation()
    let digest = try FileTools.digest(file, facts, source, cancellation)
    let target = filled.directory + "/copy"
    try FileTools.copy(file, facts, from: source, to: target, expecting: digest, cancellation)
    #expect(try FileTools.digest(of: target, cancellation) == digest)
    #expect(throws: FileProblem.self) {
      try FileTools.copy(file, facts, from: source, to: target + "2", expecting: "otherwise", cancellation)
    }
    cancellation.cancel()
    #expect(throws: (any Error).self) {
      try FileTools.copy(file, facts, from: source, to: target + "3", expecting: digest, cancellation)
    }
    #expect(FileTools.names(in: filled.directory).filter { $0.hasPrefix("copy") } == ["copy"])
  }

  @Test func aFileThatGrowsIsNotTaken() throws {
    let filled = try FilledDatabase()
    let source = filled.directory + "/source"
    try "begun".write(toFile: source, atomically: true, encoding: .utf8)
    let (file, facts) = try FileTools.open(source)
    defer { FileTools.close(file) }
    let writer = open(source, O_WRONLY | O_APPEND)
    _ = write(writer, "more", 4)
    close(writer)
    let problem = #expect(throws: FileProblem.self) { try FileTools.digest(file, facts, source, Cancellation()) }
    #expect(problem?.description == "cannot read '\(source)': it was written to meanwhile")
    #expect(problem?.isPassing == true)
  }

  @Test func moreThanThereIsRoomForIsRefused() throws {
    let problem = #expect(throws: FileProblem.self) { try FileTools.requireRoom(.max / 2, at: "/tmp/x") }
    #expect(problem?.isFull == true)
  }

  @Test(arguments: [
    "", "x", "../../etc/passwd", "AB", String(repeating: "ab", count: 32) + "-1", String(repeating: "ab", count: 32) + "-1-2-3",
  ])
  func namesThatAreNotOurs(_ text: String) { #expect(KeptName(text) == nil) }
}
