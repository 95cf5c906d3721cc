// SPDX-License-Identifier: Apache-2.0

import FoundationEssentials
import JSON
import PluginSDK
import PluginTestKit
import SQLite
import Testing

@testable import Store

@Suite struct ChangeTests {
  private func failure(_ store: StoreHarness, _ command: String, _ input: JSONValue) async throws -> PluginFailure {
    try #require(await #expect(throws: PluginFailure.self) { try await store.ask(command, input) })
  }

  /// Waits until a run is announced.
  private func announced(_ run: String, by store: StoreHarness) async throws {
    while true {
      let event = try JSONValue(parsing: try await store.host.published("runs.changed").text)
      if event["runs"]?.texts.contains(run) == true { return }
    }
  }

  // MARK: - Renaming

  @Test func aTitleIsShownAndTheIdStays() async throws {
    let store = try await StoreHarness()
    try await FilledDatabase(of: store).run("r")
    #expect(try await store.ask("runs.rename", ["run": "r", "title": "  Läuft 🧪 "]) == ["run": "r", "name": "Läuft 🧪"])
    try await announced("r", by: store)
    let run = try await store.ask("runs.show", ["run": "r"])
    #expect(run["id"] == "r" && run["name"] == "Läuft 🧪" && run["title"] == "Läuft 🧪")
    #expect(try await store.ask("runs.rename", ["run": "r", "title": ""])["name"] == "r")
    await store.host.close()
  }

  @Test func aTitleSurvivesWhatTheTrainerTells() async throws {
    let store = try await StoreHarness()
    store.publish(step(1, seq: 1))
    try await store.committed("s", 1)
    _ = try await store.ask("runs.rename", ["run": "r", "title": "mine"])
    store.publish(["type": "newRun", "meta": ["display_name": "theirs"], "run_id": "r", "session_id": "s", "event_seq": 2])
    try await store.committed("s", 2)
    #expect(try await store.ask("runs.show", ["run": "r"])["name"] == "mine")
    await store.host.close()
  }

  @Test(arguments: [
    ("other", "the run 'r' cannot be called 'other': another run is; choose another title"),
    ("Taken", "the run 'r' cannot be called 'Taken': another run is; choose another title"),
    ("a\nb", "the title has the control character U+000A; give a title of one line without such"),
    ("a\u{0}b", "the title has the control character U+0000; give a title of one line without such"),
    ("a\u{2028}b", "the title has the control character U+2028; give a title of one line without such"),
    (String(repeating: "x", count: 201), "the title has 201 characters (201 bytes); give at most 200 characters"),
  ])
  func aTitleThatCannotBeIsRefused(_ title: String, _ sentence: String) async throws {
    let store = try await StoreHarness()
    let filled = try await FilledDatabase(of: store)
    try filled.run("r")
    try filled.run("other", title: "Taken")
    #expect(try await failure(store, "runs.rename", ["run": "r", "title": .string(title)]).message == sentence)
    #expect(try await store.ask("runs.show", ["run": "r"])["name"] == "r")
    await store.host.close()
  }

  // MARK: - Archiving

  @Test func anArchivedRunIsListedOnlyWhenAskedFor() async throws {
    let store = try await StoreHarness()
    let filled = try await FilledDatabase(of: store)
    try filled.run("a")
    try filled.run("b")
    _ = try await store.ask("runs.archive", ["runs": ["a"]])
    #expect(try await store.ask("runs.list")["runs"]?.texts(of: "id") == ["b"])
    #expect(try await store.ask("runs.list", ["archived": true])["runs"]?.arrayValue?.count == 2)
    _ = try await store.ask("runs.archive", ["run": "a", "archived": false])
    #expect(try await store.ask("runs.list")["runs"]?.arrayValue?.count == 2)
    #expect(try await failure(store, "runs.archive", ["runs": ["b", "none"]]).status == .notFound)
    #expect(try await store.ask("runs.list")["runs"]?.arrayValue?.count == 2)
    await store.host.close()
  }

  // MARK: - Deleting

  /// Every table with a `run` column, so that a new one cannot be forgotten.
  private func tablesWithRuns(_ database: Database) throws -> [String] {
    try database.rows(
      """
      SELECT m.name FROM sqlite_schema m JOIN pragma_table_info(m.name) c WHERE m.type = 'table' AND c.name = 'run'
      ORDER BY 1
      """
    ) { $0.text(0) ?? "" }
  }

  @Test func nothingOfADeletedRunIsLeft() async throws {
    let store = try await StoreHarness()
    let filled = try await FilledDatabase(of: store)
    for run in ["gone", "stays"] {
      try filled.run(run)
      try filled.insert((1...200).map { .init(step: $0, value: 1) }, run: run, session: "s-\(run)")
      try filled.log("a word of \(run)", run: run, session: "s-\(run)")
      try filled.log("young word of \(run)", session: "s-\(run)")
      try filled.checkpoint("/x.pt", run: run, step: 1)
      try filled.report([1], run: run)
      let id = try filled.id(run, in: "runs")
      try filled.database.execute(
        """
        INSERT INTO epochs VALUES (\(id), 0, 1, 1, 1, 1); INSERT INTO tests(run, session, seq) VALUES (\(id), 1, \(id));
        INSERT INTO test_steps VALUES (\(id), 1, 1, 1, 1, 1); INSERT INTO subsets VALUES (\(id), 1, 0, x'');
        INSERT INTO health(key, run, name, verdict, sentence, ts) VALUES ('h\(id)', \(id), 'n', 'ok', 's', 1);
        INSERT INTO alerts(key, run, kind, severity, sentence, ts) VALUES ('a\(id)', \(id), 'k', 's', 's', 1);
        INSERT INTO artifacts(run, session, seq, path) VALUES (\(id), 1, \(id), 'p');
        """)
    }
    try filled.indexLogs(upTo: 3)
    try filled.run("child", parents: ["stays"])
    let id = try filled.id("gone", in: "runs")
    #expect(try await store.ask("runs.delete", ["run": "gone", "confirm": "gone"]) == ["deleted": ["gone"]])
    try await announced("gone", by: store)
    let tables = try tablesWithRuns(filled.database)
    #expect(tables.count >= 14)
    for table in tables {
      #expect(try filled.database.integer("SELECT count(*) FROM \(table) WHERE run = \(id)") == 0, "\(table)")
      #expect(try filled.database.integer("SELECT count(*) FROM \(table)") ?? 0 > 0, "\(table)")
    }
    #expect(try filled.database.rows("SELECT name FROM sessions WHERE name <> '' ORDER BY name") { $0.text(0) } == ["s-stays"])
    #expect(try filled.database.integer("SELECT count(*) FROM logs WHERE session NOT IN (SELECT id FROM sessions)") == 0)
    // The index must have forgotten the words, or searching it finds rows that are not there.
    try filled.database.execute("INSERT INTO logs_text(logs_text) VALUES ('integrity-check')")
    #expect(try filled.database.rows("SELECT rowid FROM logs_text WHERE logs_text MATCH 'gone'") { $0.integer(0) } == [])
    #expect(try await store.ask("store.verify", ["deep": true])["ok"] == true)
    await store.host.close()
  }

  @Test func aRunIsNotDeletedByAccident() async throws {
    let store = try await StoreHarness()
    let filled = try await FilledDatabase(of: store)
    try filled.run("base")
    try filled.run("fork1", parents: ["base"])
    try filled.run("fork2", parents: ["fork1"])
    try filled.run("busy", state: "paused")
    let missing = try await failure(store, "runs.delete", ["run": "base"])
    #expect(missing.code == "not_confirmed" && missing.status == .denied)
    #expect(
      missing.message == """
        deleting 'base' removes every point, log line, report and kept checkpoint of it for good; if that is what you want, repeat it with \
        'confirm' set to 'base'
        """)
    #expect(try await failure(store, "runs.delete", ["run": "base", "confirm": "Base"]).code == "not_confirmed")
    #expect(
      try await failure(store, "runs.delete", ["run": "base", "confirm": "base"]).message
        == "the run 'base' has children ('fork1') that would lose where they come from; delete them too, with 'children' set to true")
    #expect(
      try await failure(store, "runs.delete", ["run": "busy", "confirm": "busy"]).message
        == "the run 'busy' is paused, and a trainer may still be at it; stop it first, with trainer.stop")
    #expect(try await store.ask("store.status")["runs"] == 4)
    let both = try await store.ask("runs.delete", ["runs": ["base", "fork1"], "children": true, "confirm": ["fork1", "base"]])
    #expect(both["deleted"] == ["base", "fork1", "fork2"])
    #expect(try await store.ask("store.status")["runs"] == 1)
    await store.host.close()
  }

  @Test func aDeletedRunCanBeginAnew() async throws {
    let store = try await StoreHarness()
    store.publish(step(1, seq: 1))
    store.publish(["type": "trainingFinished", "status": "completed", "run_id": "r", "session_id": "s", "event_seq": 2])
    try await store.committed("s", 2)
    _ = try await store.ask("runs.delete", ["run": "r", "confirm": "r"])
    store.publish(step(7, seq: 1, session: "t"))
    try await store.committed("t", 1)
    let run = try await store.ask("runs.show", ["run": "r"])
    #expect(run["steps"] == 1 && run["last_step"] == 7)
    #expect(try await store.ask("store.status")["sessions"] == 1)
    await store.host.close()
  }

  @Test func aLineWithTheNumberOfADeletedOneIsFound() async throws {
    let store = try await StoreHarness()
    let filled = try await FilledDatabase(of: store)
    try filled.run("r")
    try filled.log("old words", run: "r")
    try filled.indexLogs(upTo: 1)
    _ = try await store.ask("runs.delete", ["run": "r", "confirm": "r"])
    try filled.log("new words", run: "next", session: "t")
    #expect(try await store.ask("runs.logs", ["query": "new"])["logs"]?[0]?["id"] == 1)
    #expect(try await store.ask("runs.logs", ["query": "old"])["logs"] == [])
    await store.host.close()
  }

  @Test func anAlertOutlivesItsSession() async throws {
    let store = try await StoreHarness()
    let filled = try await FilledDatabase(of: store)
    try filled.insert([.init(step: 1, value: 1)])
    try filled.run("r")
    _ = try await store.ask(
      "store.record_alert", ["key": "e", "session": "s", "kind": "silent", "severity": "warning", "sentence": "quiet", "ts": 2])
    _ = try await store.ask("runs.delete", ["run": "r", "confirm": "r"])
    try filled.id("another", in: "sessions")
    #expect(try await store.ask("runs.alerts")["alerts"]?[0]?["session"] == .null)
    await store.host.close()
  }

  // MARK: - Records of other plugins

  @Test func aHealthResultIsStoredOnce() async throws {
    let store = try await StoreHarness()
    try await FilledDatabase(of: store).run("r")
    let input: JSONValue = [
      "key": "k1", "run": "r", "check": "numerics", "verdict": "warning", "sentence": "2 of 9 are zero", "text": "…", "fields": ["zero": 2],
      "step": 5, "ts": 12.5,
    ]
    let first = try await store.ask("store.record_health", input)
    var again = input
    again["sentence"] = "otherwise"
    #expect(try await store.ask("store.record_health", again) == first)
    let results = try await store.ask("runs.health", ["run": "r", "check": "numerics"])["results"]
    #expect(results?.arrayValue?.count == 1)
    #expect(results?[0]?["sentence"] == "2 of 9 are zero" && results?[0]?["fields"] == ["zero": 2] && results?[0]?["step"] == 5)
    #expect(try await store.ask("runs.health", ["check": "other"])["results"] == [])
    var unknown = input
    unknown["key"] = "k2"
    unknown["run"] = "none"
    #expect(try await failure(store, "store.record_health", unknown).status == .notFound)
    await store.host.close()
  }

  @Test func anAlertIsOpenUntilItEnds() async throws {
    let store = try await StoreHarness()
    try await FilledDatabase(of: store).run("r")
    var alert: JSONValue = ["key": "e1", "run": "r", "kind": "diverging", "severity": "warning", "sentence": "up", "ts": 1]
    let id = try await store.ask("store.record_alert", alert)
    #expect(try await store.ask("runs.alerts", ["open": true])["alerts"]?.arrayValue?.count == 1)
    alert["ended"] = 9.5
    alert["sentence"] = "down again"
    #expect(try await store.ask("store.record_alert", alert) == id)
    let ended = try await store.ask("runs.alerts", ["run": "r", "open": false])["alerts"]
    #expect(ended?[0]?["sentence"] == "down again" && ended?[0]?["ended"] == 9.5)
    #expect(try await store.ask("runs.alerts", ["open": true])["alerts"] == [])
    let ownerless = try await store.ask(
      "store.record_alert", ["key": "e2", "kind": "disk", "severity": "error", "sentence": "full", "ts": 2])
    #expect(ownerless["id"]?.intValue != nil)
    await store.host.close()
  }
}
