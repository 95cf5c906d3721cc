// SPDX-License-Identifier: Apache-2.0

import FoundationEssentials
import JSON
import PluginSDK
import SQLite
import Testing

@testable import PluginTestKit
@testable import Store

/// A file of version 1 that is too large to be brought up to date within the plugin's start.
@Suite(.serialized) struct UpgradeTests {
  private let store: StoreHarness
  private var path: String { store.host.files.path(.data) + "/jackfield.sqlite" }

  init() async throws {
    store = try await StoreHarness(starting: false)
    let database = try Database(path: path)
    _ = try database.text("PRAGMA journal_mode = WAL")
    try database.execute(Migrations.all[0] + "; PRAGMA user_version = 1")
    try database.transaction {
      try database.execute(try String(contentsOfFile: fixture("../Fixtures/store-version-1.sql"), encoding: .utf8))
      try database.execute(
        "INSERT INTO events(session, seq, kind, body) VALUES (99, 1, \(EventKind.log.rawValue), zeroblob(\(Upgrade.mostAtStart)))")
    }
  }

  private func version() throws -> Int64? { try Database(path: path, access: .readOnly).integer("PRAGMA user_version") }

  @Test func itGoesOnAfterTheStartAndCommandsSaySo() async throws {
    // Somebody else is at it for now, so that it cannot be done before it is asked about.
    let other = try Database(path: path)
    try other.begin()
    try await store.host.start()
    for (command, input) in [
      ("runs.list", [:]), ("store.status", [:]), ("runs.archive", ["run": "baseline"]), ("store.vacuum", [:]), ("store.verify", [:]),
      ("store.snapshot", [:]), ("store.copy_runs", ["path": "/tmp/x"]),
      ("store.import_runs", ["path": "/tmp/x", "bundle": ["key": "k", "path": "/b", "format": "jackfield"]]),
      ("store.record_bundle", ["key": "k", "direction": "export", "path": "/b", "format": "f", "runs": [], "ts": 1]),
    ] as [(String, JSONValue)] {
      let failure = await #expect(throws: PluginFailure.self, "\(command)") { try await store.ask(command, input) }
      #expect(failure?.code == "upgrading" && failure?.retryable == true && failure?.status == .busy, "\(command)")
      #expect(failure?.message.hasPrefix("the database '\(path)' of ") == true, "\(command)")
      #expect(
        failure?.message.hasSuffix(
          " s until now; try again when it is done, and leave the host running: about ten seconds a gigabyte") == true, "\(command)")
    }
    store.publish(step(1, seq: 1, run: "fresh", session: "later"))
    #expect(try version() == 1)
    other.rollback()
    try await store.committed("later", 1)
    #expect(try version() == Migrations.current)
    #expect(try await store.ask("runs.show", ["run": "fresh"])["steps"] == 1)
    let database = try Database(path: path, access: .readOnly)
    #expect(try PyramidReference(database).differences(database) == [])
    #expect(try Database(path: path + ".v1", access: .readOnly).integer("PRAGMA user_version") == 1)
    await store.host.close()
  }

  @Test func aStopBreaksItOffAndTheOldFileIsWhole() async throws {
    let other = try Database(path: path)
    try other.begin()
    try await store.host.start()
    #expect(await store.host.stop() == .ok)
    other.rollback()
    #expect(try version() == 1)
    #expect(try other.integer("SELECT count(*) FROM sqlite_schema WHERE name = 'pyramid'") == 0)
    #expect(try other.text("PRAGMA integrity_check") == "ok")
    await store.host.close()
  }

  @Test func whatStandsAgainstItIsWhatCommandsAnswer() async throws {
    try FileManager.default.createDirectory(atPath: path + ".v1/full", withIntermediateDirectories: true)
    try await store.host.start()
    _ = try await store.host.logged { $0.message == "database not brought up to date" }
    let failure = await #expect(throws: PluginFailure.self) { try await store.ask("runs.list") }
    #expect(failure?.code == "no_copy")
    #expect(failure?.message.contains("nothing was changed; make room for a second file of its size and start again") == true)
    #expect(try version() == 1)
    #expect(await store.host.stop() == .ok)
    await store.host.close()
  }
}
