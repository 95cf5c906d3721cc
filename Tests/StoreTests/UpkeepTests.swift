// SPDX-License-Identifier: Apache-2.0

import FoundationEssentials
import Glibc
import JSON
import PluginSDK
import PluginTestKit
import SQLite
import Testing

@testable import Store

@Suite struct UpkeepTests {
  private func sentence(_ store: StoreHarness, _ command: String, _ input: JSONValue) async throws -> String {
    try #require(await #expect(throws: PluginFailure.self) { try await store.ask(command, input) }).message
  }

  // MARK: - Snapshots

  @Test func aSnapshotIsAWholeDatabaseOfItsOwn() async throws {
    let store = try await StoreHarness()
    for number in 1...500 { store.publish(step(number, seq: number)) }
    try await store.committed("s", 500)
    let named = try await store.ask("store.snapshot", ["path": "before-upgrade.sqlite"])
    let path = try #require(named["path"]?.stringValue)
    #expect(path.hasSuffix("/snapshots/before-upgrade.sqlite"))
    let copy = try Database(path: path, access: .readOnly)
    #expect(try copy.text("PRAGMA integrity_check") == "ok")
    #expect(try copy.integer("SELECT count(*) FROM metrics") == 500)
    #expect(try copy.integer("PRAGMA user_version") == Migrations.current)
    #expect(named["bytes"]?.intValue == (try FileManager.default.attributesOfItem(atPath: path)[.size] as? Int))
    let unnamed = try #require(try await store.ask("store.snapshot")["path"]?.stringValue)
    #expect(unnamed.contains("/snapshots/jackfield-20"))
    // Nothing half done lies about.
    let folder = String(path.dropLast("/before-upgrade.sqlite".count))
    #expect(try FileManager.default.contentsOfDirectory(atPath: folder).count == 2)
    await store.host.close()
  }

  @Test func aSnapshotOverwritesNothing() async throws {
    let store = try await StoreHarness()
    let filled = try await FilledDatabase(of: store)
    let taken = filled.directory + "/taken"
    try "mine".write(toFile: taken, atomically: true, encoding: .utf8)
    #expect(
      try await sentence(store, "store.snapshot", ["path": .string(taken)])
        == "cannot write '\(taken)': it exists; name another file, or move it away")
    #expect(try String(contentsOfFile: taken, encoding: .utf8) == "mine")
    #expect(
      try await sentence(store, "store.snapshot", ["path": "a/b"]) == """
        the path 'a/b' is relative, and the host's directory is not yours; give an absolute path, or a name alone for the directory of snapshots
        """)
    #expect(
      try await sentence(store, "store.snapshot", ["path": "/nowhere/x"])
        == "cannot write '/nowhere/x': there is no directory '/nowhere'; make it first")
    #expect(try await sentence(store, "store.snapshot", ["path": ".."]).hasPrefix("'..' is no name for a snapshot"))
    await store.host.close()
  }

  // MARK: - Verifying

  @Test(arguments: [false, true])
  func aSoundDatabaseHasNoFindings(_ deep: Bool) async throws {
    let store = try await StoreHarness()
    let filled = try await FilledDatabase(of: store)
    try filled.insert((-300...9_000).map { .init(step: $0, value: Double($0 * 7 % 13)) })
    try filled.report([1])
    let answer = try await store.ask("store.verify", ["deep": .bool(deep)])
    #expect(answer["findings"] == [])
    #expect(answer["ok"] == true && answer["checked"]?["series"] == 1)
    await store.host.close()
  }

  @Test func whatDoesNotFitIsFound() async throws {
    let store = try await StoreHarness()
    let filled = try await FilledDatabase(of: store)
    try filled.insert((1...5_000).map { .init(step: $0, value: 1) })
    try filled.insert((1...100).map { .init(step: $0, value: 1) }, run: "lost")
    try filled.checkpoint("/x.pt", step: 1, kept: String(repeating: "ab", count: 32), sha256: String(repeating: "ab", count: 32))
    try filled.database.execute(
      """
      DELETE FROM runs WHERE name = 'lost';
      UPDATE pyramid SET max = 5 WHERE run = 1 AND level = 0 AND bucket = 17;
      INSERT INTO run_edges VALUES (1, 99);
      """)
    let answer = try await store.ask("store.verify", ["deep": true])
    let findings = try #require(answer["findings"]?.arrayValue)
    let sentences = findings.compactMap { $0["sentence"]?.stringValue }
    #expect(answer["ok"] == false)
    #expect(sentences.contains("1 edges of the lineage lead to runs that are not there"))
    #expect(sentences.contains("1 rows or groups of rows of 'metrics' belong to runs that are not there"))
    #expect(sentences.contains("100 rows of 'events' belong to sessions or runs that are not there"))
    #expect(sentences.contains("the pyramid over 'loss' of the run 'r' does not fit its points from step 1088 on (level 0)"))
    #expect(sentences.contains { $0.hasSuffix("of '/x.pt' is missing") })
    #expect(findings.allSatisfy { $0["cure"]?.stringValue?.isEmpty == false })
    await store.host.close()
  }

  @Test func aDamagedFileIsFound() async throws {
    let store = try await StoreHarness()
    let filled = try await FilledDatabase(of: store)
    try filled.insert((1...5_000).map { .init(step: $0, value: 1) })
    _ = try await store.ask("store.vacuum")
    // The last page of the file belongs to some table.
    let file = open(filled.path, O_RDWR)
    let size = lseek(file, 0, SEEK_END)
    #expect(pwrite(file, [UInt8](repeating: 0xaa, count: 4_096), 4_096, size - 4_096) == 4_096)
    close(file)
    let findings = try await store.ask("store.verify")["findings"]?.arrayValue
    #expect(findings?.contains { $0["kind"] == "integrity" } == true)
    await store.host.close()
  }

  @Test func verifyingCanBeGivenUp() async throws {
    let store = try await StoreHarness()
    let call = store.host.begin("store.verify", json: #"{"deep": true}"#)
    call.cancel()
    let answer = try await call.answer()
    #expect(answer.status == .cancelled || answer.status == .ok)
    // A thread that is left over would hold up the stop.
    #expect(await store.host.stop() == .ok)
    await store.host.close()
  }

  @Test func aSnapshotThatIsGivenUpLeavesNothing() async throws {
    let store = try await StoreHarness()
    let filled = try await FilledDatabase(of: store)
    try filled.insert((1...20_000).map { .init(step: $0, value: 1) })
    let call = store.host.begin("store.snapshot", json: #"{"path": "x.sqlite"}"#)
    call.cancel()
    let answer = try await call.answer()
    #expect(await store.host.stop() == .ok)
    let names = FileTools.names(in: filled.directory + "/snapshots")
    #expect(names == [] || (answer.status != .failed && names == ["x.sqlite"]))
    await store.host.close()
  }

  // MARK: - Compacting

  @Test func compactingGivesRoomBack() async throws {
    let store = try await StoreHarness()
    let filled = try await FilledDatabase(of: store)
    try filled.insert((1...20_000).map { .init(step: $0, value: 1) })
    _ = try await store.ask("runs.delete", ["run": "r", "confirm": "r"])
    let answer = try await store.ask("store.vacuum")
    #expect(try #require(answer["freed"]?.intValue) > 500_000)
    #expect(try filled.database.integer("PRAGMA freelist_count") == 0)
    store.publish(step(1, seq: 1, run: "next", session: "t"))
    try await store.committed("t", 1)
    await store.host.close()
  }

  // MARK: - Status

  @Test func theStatusTellsHowMuchThereIs() async throws {
    let store = try await StoreHarness()
    let filled = try await FilledDatabase(of: store)
    try filled.insert((1...500).map { .init(step: $0, value: 1) })
    try filled.log("a")
    try filled.log("b")
    try filled.indexLogs(upTo: 1)
    try filled.checkpoint("/x.pt", step: 1)
    let status = try await store.ask("store.status", ["sizes": true])
    #expect(status["schema"] == .integer(Migrations.current))
    #expect(status["checkpoints"]?["known"] == 1 && status["checkpoints"]?["kept"] == 0 && status["checkpoints"]?["keep"] == "none")
    #expect(try #require(status["disk_free"]?.intValue) > 0)
    #expect(try #require(status["sizes"]?["metrics"]?.intValue) > 4_096)
    #expect(try await store.ask("store.status")["sizes"] == nil)
    await store.host.close()
  }
}
