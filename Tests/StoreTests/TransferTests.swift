// SPDX-License-Identifier: Apache-2.0

import FoundationEssentials
import JSON
import PluginSDK
import PluginTestKit
import SQLite
import Testing

@testable import Store

@Suite final class TransferTests {
  private let directory = "/tmp/jackfield-transfer-\(UInt64.random(in: 0 ... .max))"

  init() throws { try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: false) }

  deinit { try? FileManager.default.removeItem(atPath: directory) }

  // MARK: Helpers

  private func database(of store: StoreHarness) async throws -> Database {
    try Database(path: try #require(try await store.ask("store.status")["path"]?.stringValue))
  }

  /// Two runs of one session, the second a child of the first and of a third; logs, and rows of every other table.
  private func filled() async throws -> StoreHarness {
    let store = try await StoreHarness()
    for number in 1...200 {
      store.publish(step(number, seq: number, run: "base", values: ["loss": .number(1 / Double(number)), "acc": 0.5]))
    }
    store.publish(["type": "newRun", "run_id": "fork1", "parents": ["base", "other"], "session_id": "s", "event_seq": 201, "ts": 5])
    for number in 1...50 { store.publish(step(number, seq: 300 + number, run: "fork1")) }
    store.publish(step(1, seq: 1, run: "other", session: "t"))
    store.publish([
      "type": "log", "text": "needle in the hay", "level": "info", "run_id": "base", "session_id": "s", "event_seq": 400, "ts": 9,
    ])
    store.publish(["type": "log", "text": "of no run", "level": "info", "session_id": "s", "event_seq": 401, "ts": 9])
    try await store.committed("s", 401)
    try await database(of: store).execute(
      """
      INSERT INTO checkpoints(run, session, step, path, kind, ts, bytes) SELECT r.id, s.id, 200, '/nowhere/base-200.pt', 'pause', 7.5, 3
        FROM runs r, sessions s WHERE r.name = 'base' AND s.name = 's';
      INSERT INTO tests(run, session, seq, label, avg_loss, checkpoint, ts) SELECT r.id, s.id, 402, 'final', 0.25, '/nowhere/base-200.pt', 8
        FROM runs r, sessions s WHERE r.name = 'base' AND s.name = 's';
      INSERT INTO reports(key, run, subset_on, samples, losses, indices) SELECT 'k', id, 'train', 2, zeroblob(16), zeroblob(16)
        FROM runs WHERE name = 'base';
      INSERT INTO subsets(run, count, indices) SELECT id, 1, zeroblob(8) FROM runs WHERE name = 'fork1';
      INSERT INTO health(key, run, name, verdict, sentence, ts) SELECT 'h', id, 'numerics', 'ok', 'well', 1 FROM runs WHERE name = 'base';
      """)
    return store
  }

  private func copy(_ store: StoreHarness, _ runs: [JSONValue]? = nil, as name: String = "copy.sqlite", format: String? = nil) async throws
    -> String
  {
    var input: JSONValue = ["path": .string("\(directory)/\(name)")]
    if let runs { input["runs"] = .array(runs) }
    if let format { input["format"] = .string(format) }
    _ = try await store.ask("store.copy_runs", input)
    return "\(directory)/\(name)"
  }

  private func bring(
    _ path: String, into store: StoreHarness, key: String = "import:1", format: String = "jackfield", checkpoints: JSONValue = [:],
    runs: [JSONValue]? = nil
  ) async throws -> [String] {
    var input: JSONValue = [
      "path": .string(path), "checkpoints": checkpoints, "bundle": ["key": .string(key), "path": "/b", "format": .string(format)],
    ]
    if let runs { input["runs"] = .array(runs) }
    let answer = try await store.ask("store.import_runs", input)
    return (answer["runs"]?.arrayValue ?? []).map {
      "\($0["name"]?.stringValue ?? "") \($0["as"]?.stringValue ?? "") \($0["action"]?.stringValue ?? "")"
    }
  }

  private func series(_ run: String, _ metric: String, _ store: StoreHarness) async throws -> JSONValue? {
    try await store.ask("runs.series", ["run": .string(run), "metric": .string(metric)])["series"]
  }

  /// All rows of a table, each as text, sorted: what can be compared between databases.
  private func rows(_ sql: String, _ database: Database) throws -> [String] {
    var found: [String] = []
    try database.prepare(sql).forEachRow { row in
      found.append((0..<row.columnCount).map { row.text($0) ?? "NULL" }.joined(separator: "|"))
    }
    return found.sorted()
  }

  // MARK: Copies

  @Test func aCopyHoldsTheChosenRunsOfEveryTable() async throws {
    let store = try await filled()
    let copied = try Database(path: await copy(store, ["base"]), access: .readOnly)
    #expect(try copied.text("PRAGMA integrity_check") == "ok")
    #expect(try copied.text("PRAGMA journal_mode") == "delete")
    #expect(try copied.integer("PRAGMA user_version") == Migrations.current)
    #expect(try copied.text("SELECT group_concat(name) FROM runs") == "base")
    #expect(try copied.text("SELECT group_concat(name) FROM sessions") == "s")
    #expect(try copied.integer("SELECT count(*) FROM metrics") == 400)
    // Its own events, and those of its session that belong to no run.
    #expect(try copied.integer("SELECT count(*) FROM events") == 202)
    #expect(try copied.integer("SELECT count(*) FROM logs") == 2)
    for (table, count) in [("checkpoints", 1), ("tests", 1), ("reports", 1), ("health", 1), ("subsets", 0), ("run_edges", 0)]
      as [(String, Int64)]
    {
      #expect(try copied.integer("SELECT count(*) FROM \(table)") == count, "\(table)")
    }
    await store.host.close()
  }

  @Test func aCopyTellsItsCheckpointsAndWhichAreThere() async throws {
    let store = try await filled()
    let real = directory + "/real.pt"
    try Data("abc".utf8).write(to: URL(filePath: real))
    try await database(of: store).execute(
      "INSERT INTO checkpoints(run, step, path, kind) SELECT id, 300, '\(real)', 'save' FROM runs WHERE name = 'base'")
    let answer = try await store.ask("store.copy_runs", ["path": .string(directory + "/c"), "runs": ["base"]])
    let checkpoints = try #require(answer["checkpoints"]?.arrayValue)
    #expect(checkpoints.map { $0["usable_path"] } == [.null, .string(real)])
    #expect(checkpoints[0]["legacy_id"] == "base:200:7501")
    #expect(answer["runs"]?[0]?["name"] == "base")
    await store.host.close()
  }

  @Test func refusalsOfCopies() async throws {
    let store = try await filled()
    let unknown = await #expect(throws: PluginFailure.self) { try await self.copy(store, ["bas"]) }
    #expect(unknown?.message == "there is no run 'bas'; did you mean 'base'?; see 'jackfield call runs.list'")
    #expect(try FileManager.default.contentsOfDirectory(atPath: directory).isEmpty)
    try Data("kept".utf8).write(to: URL(filePath: directory + "/there"))
    let exists = await #expect(throws: PluginFailure.self) { try await self.copy(store, as: "there") }
    #expect(exists?.message == "cannot copy runs to '\(directory)/there': it exists already; name a new file")
    #expect(try String(contentsOfFile: directory + "/there", encoding: .utf8) == "kept")
    let relative = await #expect(throws: PluginFailure.self) { try await store.ask("store.copy_runs", ["path": "here"]) }
    #expect(relative?.message == "the path 'here' is not absolute; give one that begins with '/'")
    await store.host.close()
  }

  // MARK: Imports

  @Test func importedRunsAreTheSameRunsAndTheSecondTimeKnown() async throws {
    let (store, other) = (try await filled(), try await StoreHarness())
    let path = try await copy(store)
    let before = try Data(contentsOf: URL(filePath: path))
    let id = try #require(try Database(path: path, access: .readOnly).integer("SELECT id FROM checkpoints"))
    let places: JSONValue = ["\(id)": "/data/bundles/x/base-200.pt"]
    let first = try await bring(path, into: other, checkpoints: places)
    #expect(first == ["base base imported", "fork1 fork1 imported", "other other imported"])
    for (run, metric) in [("base", "loss"), ("base", "acc"), ("fork1", "loss")] {
      #expect(try await series(run, metric, other) == series(run, metric, store))
    }
    let lineage = try await database(of: other)
    #expect(
      try rows("SELECT c.name, p.name FROM run_edges JOIN runs c ON c.id = child JOIN runs p ON p.id = parent", lineage)
        == ["fork1|base", "fork1|other"])
    #expect(try lineage.text("SELECT path FROM checkpoints") == "/data/bundles/x/base-200.pt")
    #expect(try lineage.text("SELECT checkpoint FROM tests") == "/data/bundles/x/base-200.pt")
    #expect(try lineage.text("SELECT DISTINCT state FROM runs") == "lost")
    #expect(try lineage.integer("SELECT count(*) FROM reports") == 1)
    #expect(try lineage.integer("SELECT count(*) FROM subsets") == 1)
    let all = try rows("SELECT * FROM events", lineage)
    let again = try await bring(path, into: other, checkpoints: places)
    #expect(again == ["base base known", "fork1 fork1 known", "other other known"])
    #expect(try rows("SELECT * FROM events", lineage) == all)
    #expect(try lineage.integer("SELECT count(*) FROM bundles") == 1)
    #expect(try Data(contentsOf: URL(filePath: path)) == before)
    await store.host.close()
    await other.host.close()
  }

  @Test func aRunThatWentOnIsKnown() async throws {
    let store = try await filled()
    let path = try await copy(store, ["base"])
    store.publish(step(201, seq: 500, run: "base"))
    try await store.committed("s", 500)
    #expect(try await bring(path, into: store) == ["base base known"])
    await store.host.close()
  }

  @Test func anotherRunOfTheSameNameGetsANewOne() async throws {
    let (store, other) = (try await filled(), try await StoreHarness())
    for number in 1...3 { other.publish(step(number, seq: number, run: "base", values: ["loss": 9])) }
    other.publish(step(1, seq: 1, run: "base-2", session: "u"))
    try await other.committed("u", 1)
    let mine = try await series("base", "loss", other)
    let path = try await copy(store, ["base", "fork1"])
    #expect(try await bring(path, into: other) == ["base base-3 renamed", "fork1 fork1 imported"])
    #expect(try await series("base", "loss", other) == mine)
    let (moved, original) = (try await series("base-3", "loss", other)?[0], try await series("base", "loss", store)?[0])
    #expect(moved?["steps"] == original?["steps"] && moved?["values"] == original?["values"])
    let database = try await database(of: other)
    #expect(try rows("SELECT name FROM sessions", database) == ["s", "s#2", "u"])
    #expect(try database.text("SELECT bundle_name FROM runs WHERE name = 'base-3'") == "base")
    #expect(try await bring(path, into: other, key: "import:2") == ["base base-3 known", "fork1 fork1 known"])
    await store.host.close()
    await other.host.close()
  }

  @Test func aPartOfABundleAndThenTheRest() async throws {
    let (store, other) = (try await filled(), try await StoreHarness())
    let path = try await copy(store)
    #expect(try await bring(path, into: other, runs: ["base"]) == ["base base imported"])
    #expect(try await bring(path, into: other) == ["base base known", "fork1 fork1 imported", "other other imported"])
    // One session, shared by both.
    #expect(try rows("SELECT name FROM sessions", try await database(of: other)) == ["s", "t"])
    let missing = await #expect(throws: PluginFailure.self) { try await self.bring(path, into: other, runs: ["no"]) }
    #expect(missing?.message == "the bundle has no run 'no'; it has base, fork1, other")
    await store.host.close()
    await other.host.close()
  }

  @Test func importedLinesAreYoungerThanWhatIsIndexed() async throws {
    let (store, other) = (try await filled(), try await StoreHarness())
    try await database(of: other).execute("UPDATE logs_indexed SET last = 1000")
    _ = try await bring(try await copy(store), into: other)
    #expect(try await database(of: other).integer("SELECT min(id) FROM logs") == 1_001)
    await store.host.close()
    await other.host.close()
  }

  @Test func aCheckpointThatDidNotComeAlongCannotBeOpened() async throws {
    let (store, other) = (try await filled(), try await StoreHarness())
    _ = try await bring(try await copy(store), into: other)
    #expect(try await database(of: other).text("SELECT path FROM checkpoints") == "bundle:/nowhere/base-200.pt")
    await store.host.close()
    await other.host.close()
  }

  @Test func aKnownRunsLostCheckpointGetsTheBundlesFile() async throws {
    let store = try await filled()
    let path = try await copy(store, ["base"])
    let id = try #require(try Database(path: path, access: .readOnly).integer("SELECT id FROM checkpoints"))
    let file = directory + "/came-along.pt"
    let input: JSONValue = [
      "path": .string(path), "checkpoints": ["\(id)": .string(file)], "hashes": ["\(id)": "aa"],
      "bundle": ["key": "import:1", "path": "/b", "format": "jackfield"],
    ]
    // A file that is not there helps nobody.
    #expect(try await store.ask("store.import_runs", input)["repaired"] == [])
    try Data("abc".utf8).write(to: URL(filePath: file))
    let live = try await database(of: store)
    // Content that is known to be another's stays away.
    try live.execute("UPDATE checkpoints SET sha256 = 'bb'")
    #expect(try await store.ask("store.import_runs", input)["repaired"] == [])
    try live.execute("UPDATE checkpoints SET sha256 = 'aa'")
    let answer = try await store.ask("store.import_runs", input)
    #expect(answer["runs"] == [["name": "base", "as": "base", "action": "known"]])
    #expect(answer["repaired"] == [["run": "base", "step": 200, "path": .string(file)]])
    #expect(try await store.ask("runs.checkpoints", ["run": "base"])["checkpoints"]?[0]?["usable_path"]?.stringValue == file)
    #expect(try live.text("SELECT checkpoint FROM tests") == file)
    #expect(try live.integer("SELECT count(*) FROM checkpoints") == 1)
    #expect(try await store.ask("store.import_runs", input)["repaired"] == [])
    await store.host.close()
  }

  @Test func aCheckpointWhoseFileIsThereIsLeftAlone() async throws {
    let store = try await filled()
    let (mine, other) = (directory + "/mine.pt", directory + "/other.pt")
    for path in [mine, other] { try Data("abc".utf8).write(to: URL(filePath: path)) }
    try await database(of: store).execute("UPDATE checkpoints SET path = '\(mine)'")
    let path = try await copy(store, ["base"])
    let id = try #require(try Database(path: path, access: .readOnly).integer("SELECT id FROM checkpoints"))
    #expect(try await bring(path, into: store, checkpoints: ["\(id)": .string(other)]) == ["base base known"])
    #expect(try await database(of: store).text("SELECT path FROM checkpoints") == mine)
    // Gone where the run was imported to without its file: what a later bundle brings is taken.
    let importer = try await StoreHarness()
    #expect(try await bring(path, into: importer) == ["base base imported"])
    #expect(try await bring(path, into: importer, key: "import:2", checkpoints: ["\(id)": .string(other)]) == ["base base known"])
    #expect(try await database(of: importer).text("SELECT path FROM checkpoints") == other)
    await store.host.close()
    await importer.host.close()
  }

  @Test func parentsThatStayBehindAreKnownByName() async throws {
    let (store, importer) = (try await filled(), try await StoreHarness())
    let path = directory + "/copy.sqlite"
    let copied = try await store.ask("store.copy_runs", ["path": .string(path), "runs": ["fork1", "other"]])
    #expect(copied["runs"]?.arrayValue?.map { $0["absent_parents"] } == [["base"], []])
    let edges = "SELECT c.name, p.name FROM run_edges JOIN runs c ON c.id = child JOIN runs p ON p.id = parent"
    let bundle: JSONValue = ["key": "import:1", "path": "/b", "format": "jackfield"]
    func bring(_ runs: [JSONValue]) async throws -> JSONValue? {
      try await importer.ask(
        "store.import_runs",
        ["path": .string(path), "bundle": bundle, "runs": .array(runs), "absent_parents": ["fork1": ["base", "fork1"], "nobody": ["x"]]])[
          "runs"]
    }
    #expect(
      try await bring(["fork1"]) == [
        ["name": "fork1", "as": "fork1", "action": "imported", "absent_parents": ["other", "base", "fork1"]]
      ])
    #expect(try rows(edges, try await database(of: importer)) == [])
    // Once they are here, the same bundle again makes the edges.
    importer.publish(step(1, seq: 1, run: "base", session: "u"))
    try await importer.committed("u", 1)
    #expect(try await bring(["other"]) == [["name": "other", "as": "other", "action": "imported"]])
    #expect(
      try await bring(["fork1"]) == [["name": "fork1", "as": "fork1", "action": "known", "absent_parents": ["fork1"]]])
    #expect(try rows(edges, try await database(of: importer)) == ["fork1|base", "fork1|other"])
    await store.host.close()
    await importer.host.close()
  }

  @Test func anOlderSchemaIsBroughtUpToDateInACopy() async throws {
    let path = directory + "/old.sqlite"
    do {
      let old = try Database(path: path)
      try Schema.bring(old, to: 1)
      try old.execute(
        """
        INSERT INTO sessions(id, name, last_seq) VALUES (1, 's', 3);
        INSERT INTO runs(id, name, state) VALUES (1, 'r', 'finished');
        INSERT INTO metric_names VALUES (1, 'loss');
        INSERT INTO run_metrics VALUES (1, 1, 3, 1, 3, 3, 70, 1, 3);
        """)
      for (seq, at) in [(1, 1), (2, 2), (3, 70)] {
        try old.execute("INSERT INTO events(session, seq, run, kind, ts, step) VALUES (1, \(seq), 1, 1, \(seq), \(at))")
        try old.execute("INSERT INTO metrics VALUES (1, 1, \(at), 1, \(seq), \(seq))")
      }
      // What stood in the body of an event only, as in the store's own file.
      try old.execute(
        """
        INSERT INTO events(session, seq, run, kind, ts, step, body)
        VALUES (1, 4, 1, 0, 4, 70, '{"type":"checkpoint_saved","path":"/p/r.pt","step":70}')
        """)
    }
    let store = try await StoreHarness()
    #expect(try await bring(path, into: store) == ["r r imported"])
    #expect(try await series("r", "loss", store)?[0]?["values"] == [1.0, 2.0, 3.0])
    #expect(
      try rows("SELECT level, bucket, count, min, max, first, last, last_step FROM pyramid", try await database(of: store)) == [
        "0|0|2|1.0|2.0|1.0|2.0|2", "0|1|1|3.0|3.0|3.0|3.0|70", "1|0|3|1.0|3.0|1.0|3.0|70", "2|0|3|1.0|3.0|1.0|3.0|70",
      ])
    #expect(try rows("SELECT step, path, kind FROM checkpoints", try await database(of: store)) == ["70|bundle:/p/r.pt|save"])
    #expect(try FileManager.default.contentsOfDirectory(atPath: directory) == ["old.sqlite"])
    await store.host.close()
  }

  // MARK: Hostile databases

  @Test(arguments: [
    ("CREATE TRIGGER evil AFTER INSERT ON runs BEGIN DELETE FROM events; END", "it holds the trigger 'evil', which no bundle has"),
    ("CREATE VIEW evil AS SELECT 1", "it holds the view 'evil', which no bundle has"),
    ("CREATE TABLE evil(x)", "it holds the table 'evil', which no bundle has"),
    ("CREATE INDEX evil ON runs(upper(name))", "it holds the index 'evil', which no bundle has"),
    ("DROP TABLE epochs; CREATE VIEW epochs AS SELECT 1", "it holds the view 'epochs', which no bundle has"),
    ("DROP TABLE epochs", "it has no table 'epochs'"),
    ("ALTER TABLE runs ADD COLUMN evil", "its table 'runs' is not as this store makes it"),
    ("PRAGMA user_version = 99", "its schema is version 99 and this build knows up to \(Migrations.current): update Jackfield"),
    ("PRAGMA user_version = 0", "it is no database of runs"),
  ])
  func aDatabaseWithAnythingElseInItIsRefused(_ sql: String, _ reason: String) async throws {
    let (store, other) = (try await filled(), try await StoreHarness())
    let path = try await copy(store)
    try Database(path: path).execute(sql)
    let error = await #expect(throws: PluginFailure.self) { try await self.bring(path, into: other) }
    #expect(error?.message == "cannot import the database 'copy.sqlite': \(reason); nothing was imported")
    #expect(try await other.ask("store.status")["runs"] == 0)
    await store.host.close()
    await other.host.close()
  }

  @Test func damagedFilesAndFilesOfAnotherKindAreRefused() async throws {
    let (store, other) = (try await filled(), try await StoreHarness())
    let path = try await copy(store)
    var bytes = [UInt8](try Data(contentsOf: URL(filePath: path)))
    for index in stride(from: 4_096 * 3, to: bytes.count, by: 7) { bytes[index] ^= 0xff }
    try Data(bytes).write(to: URL(filePath: path))
    let damaged = await #expect(throws: PluginFailure.self) { try await self.bring(path, into: other) }
    #expect(damaged?.message.hasPrefix("cannot import the database 'copy.sqlite': it is damaged: ") == true)
    try Data(String(repeating: "text", count: 1_000).utf8).write(to: URL(filePath: path))
    let text = await #expect(throws: PluginFailure.self) { try await self.bring(path, into: other) }
    #expect(text?.message == "cannot import the database 'copy.sqlite': it is some other kind of file; nothing was imported")
    #expect(try await other.ask("store.status")["runs"] == 0)
    // The writer goes on.
    other.publish(step(1, seq: 1))
    try await other.committed("s", 1)
    await store.host.close()
    await other.host.close()
  }

  @Test func rowsThatDoNotFitTakeEverythingBack() async throws {
    let (store, other) = (try await filled(), try await StoreHarness())
    let path = try await copy(store)
    try Database(path: path).execute("DELETE FROM sessions")
    let error = await #expect(throws: PluginFailure.self) { try await self.bring(path, into: other) }
    #expect(error?.code == "import_failed")
    #expect(try await other.ask("store.status")["runs"] == 0)
    #expect(try await database(of: other).integer("SELECT count(*) FROM bundles") == 0)
    await store.host.close()
    await other.host.close()
  }

  // MARK: Records

  @Test func aBundleIsRecordedOnce() async throws {
    let store = try await StoreHarness()
    let input: JSONValue = ["key": "export:1", "direction": "export", "path": "/b", "format": "jackfield", "runs": ["r"], "ts": 1]
    #expect(try await store.ask("store.record_bundle", input) == store.ask("store.record_bundle", input))
    await store.host.close()
  }

  // MARK: The earlier dashboard

  @Test func aBundleOfTheEarlierDashboardIsImported() async throws {
    let path = directory + "/runs.sqlite"
    try Database(path: path).execute(oldDatabase)
    let store = try await StoreHarness()
    let done = try await bring(
      path, into: store, format: "onthefly",
      checkpoints: ["base:2:1700000000000": "/data/bundles/x/a.pt", "final:sess-1": "/data/bundles/x/final.pt"])
    #expect(done == ["base base imported", "kid kid imported", "stray stray imported"])
    let loss = try await series("base", "loss", store)?[0]
    #expect(loss?["steps"] == [1, 2, 2])
    #expect(loss?["values"] == [0.5, 0.25, 0.125])
    let database = try await database(of: store)
    #expect(
      try rows("SELECT c.name, p.name FROM run_edges JOIN runs c ON c.id = child JOIN runs p ON p.id = parent", database) == [
        "kid|base", "kid|stray",
      ])
    #expect(try rows("SELECT text, phase, ts FROM logs", database) == ["begun|train|1700000000.5"])
    #expect(
      try rows("SELECT kind, path FROM checkpoints", database) == [
        "save|/data/bundles/x/a.pt", "save|bundle:../../etc/passwd", "test|/data/bundles/x/final.pt",
      ])
    #expect(try rows("SELECT loss FROM test_steps", database) == ["0.0", "0.75"])
    #expect(try rows("SELECT samples, subset_on, ts FROM reports", database) == ["3|train|1700000000.0"])
    #expect(PackedNumbers.integers(try #require(try blob("SELECT indices FROM reports", database))) == [4, 5, 6])
    let losses = PackedNumbers.numbers(try #require(try blob("SELECT losses FROM reports", database)))
    #expect(losses[0] == 0.5 && losses[1].isNaN && losses[2] == 2)
    #expect(try rows("SELECT count FROM subsets", database) == ["2"])
    #expect(try database.integer("SELECT count(*) FROM metrics WHERE value IS NULL") == 0)
    #expect(try await store.ask("runs.show", ["run": "base"])["steps"] == 3)
    let again = try await bring(path, into: store, format: "onthefly")
    #expect(again == ["base base known", "kid kid known", "stray stray known"])
    #expect(try FileManager.default.contentsOfDirectory(atPath: directory) == ["runs.sqlite"])
    await store.host.close()
  }

  @Test(arguments: [
    ("CREATE TRIGGER evil AFTER INSERT ON runs BEGIN SELECT 1; END", "it holds the trigger 'evil', which no bundle has"),
    ("DROP TABLE logs; CREATE VIEW logs AS SELECT 1", "it holds the view 'logs', which no bundle has"),
    ("CREATE VIRTUAL TABLE evil USING fts5(x)", "its table 'evil' is a virtual one, which no bundle has"),
    ("DROP TABLE metrics", "it has no runs and metrics as the earlier dashboard wrote them"),
  ])
  func aHostileDatabaseOfTheEarlierDashboardIsRefused(_ sql: String, _ reason: String) async throws {
    let path = directory + "/runs.sqlite"
    let database = try Database(path: path)
    try database.execute(oldDatabase)
    try database.execute(sql)
    let store = try await StoreHarness()
    let error = await #expect(throws: PluginFailure.self) { try await self.bring(path, into: store, format: "onthefly") }
    #expect(error?.message == "cannot import the database 'runs.sqlite': \(reason); nothing was imported")
    #expect(try FileManager.default.contentsOfDirectory(atPath: directory) == ["runs.sqlite"])
    await store.host.close()
  }

  @Test func whatTheEarlierDashboardCanReadComesBackTheSame() async throws {
    let (store, other) = (try await filled(), try await StoreHarness())
    let path = try await copy(store, format: "onthefly")
    let old = try Database(path: path, access: .readOnly)
    #expect(try old.integer("SELECT count(*) FROM metrics WHERE run_id = 'base'") == 200)
    #expect(try old.text("SELECT ckpt_id FROM checkpoints") == "base:200:7501")
    #expect(try old.text("SELECT losses FROM report_loss_dist") == "[0.0,0.0]")
    #expect(try old.text("SELECT ckpt_path FROM session_final_models") == "/nowhere/base-200.pt")
    #expect(try old.integer("SELECT ts FROM metrics WHERE run_id = 'base' AND step = 1") == 1_700_000_001_500)
    #expect(try await bring(path, into: other, format: "onthefly").count == 3)
    for run in ["base", "fork1"] { #expect(try await series(run, "loss", other) == series(run, "loss", store)) }
    #expect(try FileManager.default.contentsOfDirectory(atPath: directory) == ["copy.sqlite"])
    await store.host.close()
    await other.host.close()
  }

  private func blob(_ sql: String, _ database: Database) throws -> [UInt8]? {
    let select = try database.prepare(sql)
    return try select.step() ? select.blob(0) : nil
  }

  /// As the extension's schema is described; with a step stored twice, one taken twice, and a checkpoint that leads elsewhere.
  private let oldDatabase = """
    CREATE TABLE runs(run_id TEXT PRIMARY KEY, parent_run_id TEXT, project TEXT, name TEXT, created_at INTEGER);
    CREATE TABLE run_edges(child_run_id TEXT NOT NULL, parent_run_id TEXT NOT NULL, PRIMARY KEY(child_run_id, parent_run_id));
    CREATE TABLE run_subsets(run_id TEXT PRIMARY KEY, indices TEXT);
    CREATE TABLE checkpoints(ckpt_id TEXT PRIMARY KEY, run_id TEXT, step INTEGER, path TEXT, created_at INTEGER);
    CREATE TABLE metrics(run_id TEXT, step INTEGER, epoch INTEGER, loss REAL, val_loss REAL, accuracy REAL, lr REAL, grad_norm REAL,
      weight_norm REAL, activation_zero_frac REAL, throughput REAL, mem_vram REAL, gpu_util REAL, ts INTEGER);
    CREATE TABLE logs(id INTEGER PRIMARY KEY AUTOINCREMENT, run_id TEXT, session_id TEXT, level TEXT, text TEXT, phase TEXT, step INTEGER,
      epoch INTEGER, ts INTEGER);
    CREATE TABLE test_metrics(run_id TEXT, step INTEGER, loss REAL, ts INTEGER);
    CREATE TABLE session_final_models(session_id TEXT PRIMARY KEY, run_id TEXT, ckpt_path TEXT, step INTEGER, avg_test_loss REAL,
      updated_at INTEGER);
    CREATE TABLE report_loss_dist(run_id TEXT NOT NULL, subset_on TEXT NOT NULL, losses TEXT NOT NULL,
      sample_indices TEXT NOT NULL DEFAULT '[]', note TEXT, at_step INTEGER, at_epoch INTEGER, samples INTEGER, created_at INTEGER NOT NULL,
      PRIMARY KEY(run_id, subset_on));
    INSERT INTO runs VALUES ('base', NULL, 'default', 'base', 1700000000000), ('kid', 'base', 'default', 'kid', 1700000009000);
    INSERT INTO run_edges VALUES ('kid', 'stray');
    INSERT INTO metrics(run_id, step, epoch, loss, lr, ts) VALUES ('base', 1, 0, 0.5, 0.1, 1700000000100), ('base', 1, 0, 0.5, 0.1, 1700000000101),
      ('base', 2, 0, 0.25, NULL, 1700000000200), ('base', 2, 0, 0.125, NULL, 1700000000300), ('stray', 1, 0, 1, 1, 5), ('kid', 1, 0, 1, 1, 6);
    INSERT INTO logs(run_id, session_id, level, text, phase, ts) VALUES ('base', 'sess-1', 'info', 'begun', 'train', 1700000000500);
    INSERT INTO checkpoints VALUES ('base:2:1700000000000', 'base', 2, 'ckpt/base.pt', 1700000000000),
      ('base:1:9', 'base', 1, '../../etc/passwd', 9);
    INSERT INTO test_metrics VALUES ('base', 1, 0.75, 7), ('base', 2, 0, 8);
    INSERT INTO session_final_models VALUES ('sess-1', 'base', 'ckpt/final.pt', 2, 0.5, 10);
    INSERT INTO report_loss_dist VALUES ('base', 'train', '[0.5,null,2]', '[4,5,6]', 'n', 2, 0, 3, 1700000000000);
    INSERT INTO run_subsets VALUES ('kid', '[7,8]');
    """
}
