// SPDX-License-Identifier: Apache-2.0

import FoundationEssentials
import PluginSDK
import SQLite
import SmallDisk
import Synchronization
import Testing

@testable import RunBridge

@Suite(.timeLimit(.minutes(2))) struct BridgeStoreTests {
  private let folder: TalkFolder

  init() throws { folder = try TalkFolder() }

  private static func add(_ text: String, _ database: Database) throws {
    let row = try database.cached("INSERT INTO messages(conversation, run, role, content, time, size) VALUES ('c', 'r', 'user', ?, 1, 1)")
    try row.bind(1, text)
    try row.run()
  }

  private static func count(_ database: Database) throws -> Int { Int(try database.integer("SELECT count(*) FROM messages") ?? -1) }

  @Test func opensAndKeeps() async throws {
    let store = try folder.store()
    try await store.perform { try Self.add("one", $0) }
    store.stop()
    let again = try folder.store()
    defer { again.stop() }
    #expect(try await again.perform(Self.count) == 1)
    #expect(try await again.perform { try $0.integer("PRAGMA user_version") } == Int64(BridgeSchema.steps.count))
  }

  @Test func anEmptyFileIsBroughtUpToDate() async throws {
    try Data().write(to: URL(filePath: folder.database))
    let store = try folder.store()
    defer { store.stop() }
    #expect(try await store.perform(Self.count) == 0)
  }

  @Test func anOlderFileIsBroughtUpToDateAndKeepsItsRows() async throws {
    let store = try folder.store()
    try await store.perform { try Self.add("old", $0) }
    store.stop()
    let steps = BridgeSchema.steps + ["ALTER TABLE messages ADD COLUMN mood TEXT NOT NULL DEFAULT 'calm'"]
    let newer = BridgeStore(path: folder.database, steps: steps)
    try newer.start()
    defer { newer.stop() }
    #expect(try await newer.perform { try $0.text("SELECT content || ' ' || mood FROM messages") } == "old calm")
    #expect(try await newer.perform { try $0.integer("PRAGMA user_version") } == Int64(steps.count))
  }

  @Test func aStepThatFailsLeavesTheFileAsItWas() throws {
    try folder.store().stop()
    let broken = BridgeStore(path: folder.database, steps: BridgeSchema.steps + ["CREATE TABLE extra(x); SELECT nonsense"])
    #expect(throws: SQLiteError.self) { try broken.start() }
    let database = try Database(path: folder.database)
    #expect(try database.integer("PRAGMA user_version") == Int64(BridgeSchema.steps.count))
    #expect(try database.integer("SELECT count(*) FROM sqlite_schema WHERE name = 'extra'") == 0)
  }

  @Test func aNewerFileIsRefusedAndLeftAlone() throws {
    let database = try Database(path: folder.database)
    try database.execute("CREATE TABLE future(x); PRAGMA user_version = 99")
    #expect(
      throws: PluginFailure(
        "cannot use the database '\(folder.database)': its schema is version 99 and this build knows up to \(BridgeSchema.steps.count); "
          + "update Jackfield, or move the file away to begin a new one",
        code: "schema_too_new", status: .unsupported)
    ) { try BridgeStore(path: folder.database).start() }
    #expect(try database.integer("SELECT count(*) FROM sqlite_schema") == 1)
  }

  @Test func whatIsNoDatabaseIsRefusedAndLeftAlone() throws {
    let text = String(repeating: "dear diary, ", count: 1_000)
    try text.write(toFile: folder.database, atomically: true, encoding: .utf8)
    #expect(
      throws: PluginFailure(
        "cannot use the database '\(folder.database)': it is some other kind of file; move it away to begin a new one",
        code: "not_a_database", status: .unsupported)
    ) { try BridgeStore(path: folder.database).start() }
    #expect(try String(contentsOfFile: folder.database, encoding: .utf8) == text)
  }

  @Test func aMissingFolderIsAnError() {
    #expect(throws: SQLiteError.self) { try BridgeStore(path: folder.path + "/nowhere/bridge.sqlite").start() }
  }

  @Test func stopDoesWhatWaits() async throws {
    let store = try folder.store()
    let began = Gate()
    let mayGo = Gate()
    store.note { _ in
      began.signal()
      mayGo.wait()
    }
    for number in 0..<100 { store.note { try Self.add("\(number)", $0) } }
    async let last = store.perform(Self.count)
    began.wait()
    mayGo.signal()
    #expect(try await last == 100)
    for number in 0..<100 { store.note { try Self.add("\(number)", $0) } }
    store.stop()
    let database = try Database(path: folder.database)
    #expect(try Self.count(database) == 200)
  }

  @Test func afterTheStopNothingIsTaken() async throws {
    let store = try folder.store()
    store.stop()
    store.stop()
    let told = Mutex<String?>(nil)
    store.note({ try Self.add("late", $0) }, failed: { error in told.withLock { $0 = "\(error)" } })
    #expect(told.withLock { $0 } == "cannot use the bridge's database: it is closed; the host is starting or stopping")
    await #expect(throws: PluginFailure("cannot use the bridge's database: it is closed; the host is starting or stopping", status: .gone))
    {
      try await store.perform(Self.count)
    }
  }

  @Test func whatNeverBeganTakesNothingEither() async throws {
    let store = BridgeStore(path: folder.database)
    await #expect(throws: PluginFailure.self) { try await store.perform(Self.count) }
    store.stop()
  }

  @Test func aFailureIsToldAndTakesBackWhatWasWritten() async throws {
    let store = try folder.store()
    defer { store.stop() }
    let (told, tell) = AsyncStream<String>.makeStream()
    store.note { database in
      try Self.add("half", database)
      try database.execute("INSERT INTO nonsense VALUES (1)")
    } failed: {
      tell.yield("\($0)")
    }
    var failures = told.makeAsyncIterator()
    #expect(await failures.next() == "cannot run 'INSERT INTO nonsense VALUES (1)': no such table: nonsense")
    await #expect(throws: PluginFailure("no")) {
      try await store.perform { database in
        try Self.add("half", database)
        throw PluginFailure("no")
      }
    }
    #expect(try await store.perform(Self.count) == 0)
  }

  @Test(.enabled(if: SmallDisk.isPossible, "a small file system cannot be mounted here"))
  func aFullDiskIsToldAndForgottenWhenThereIsRoom() async throws {
    let disk = try SmallDisk(megabytes: 4)
    let store = BridgeStore(path: disk.path + "/bridge.sqlite")
    try store.start()
    defer { store.stop() }
    try await store.perform { try Self.add("before", $0) }
    try disk.fill()
    let (told, tell) = AsyncStream<String>.makeStream()
    store.note {
      try Self.add(String(repeating: "x", count: 1 << 20), $0)
    } failed: {
      tell.yield("\($0)")
    }
    var failures = told.makeAsyncIterator()
    #expect(await failures.next()?.contains("full") == true)
    await #expect(throws: SQLiteError.self) { try await store.perform { try Self.add(String(repeating: "x", count: 1 << 20), $0) } }
    #expect(try await store.perform { try $0.text("SELECT group_concat(content) FROM messages") } == "before", "reading goes on")
    disk.empty()
    try await store.perform { try Self.add("after", $0) }
    #expect(try await store.perform { try $0.text("SELECT group_concat(content) FROM messages") } == "before,after")
  }
}

/// A gate between threads of a test.
private final class Gate: Sendable {
  private let open = Monitor(false)

  func signal() { open.change { $0 = true } }

  func wait() { _ = open.wait { $0 ? true : nil } }
}
