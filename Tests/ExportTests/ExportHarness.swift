// SPDX-License-Identifier: Apache-2.0

import FoundationEssentials
import JSON
import PluginSDK
import PluginTestKit
import SQLite
import Synchronization
import Testing

@testable import Export

/// The plugin in a host of its own, with a directory, and with a store and trainers that answer as they are told.
final class ExportHarness: Sendable {
  let host: TestHost
  let directory = "/tmp/jackfield-export-\(UInt64.random(in: 0 ... .max))"
  /// What `store.import_runs` was asked.
  var imported: [JSONValue] { imports.withLock { $0 } }
  private let imports = Mutex<[JSONValue]>([])

  init() async throws {
    let package = String(#filePath.dropLast("/Tests/ExportTests/ExportHarness.swift".count))
    host = try await TestHost(plugin: ExportPlugin.self, manifest: package + "/Plugins/Export/plugin.json")
    try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: false)
    host.answer("trainer.list") { _ in #"{"sessions":[]}"# }
    host.answer("store.record_bundle") { _ in #"{"id":1}"# }
    store(checkpoints: [])
    host.answer("store.import_runs") { [self] call in
      let input = try JSONValue(parsing: call.input.bytes)
      imports.withLock { $0.append(input) }
      return #"{"runs":[{"name":"base","as":"base","action":"imported"}],"bundle":1}"#
    }
  }

  /// Lets the store copy a small database, with these checkpoints.
  ///
  /// - Parameter copied: Called when it has written its copy of the runs.
  func store(checkpoints: [JSONValue], absentParents: [JSONValue] = [], copied: @escaping @Sendable () -> Void = {}) {
    host.answer("store.copy_runs") { call in
      let path = try #require(try JSONValue(parsing: call.input.bytes)["path"]?.stringValue)
      try Database(path: path).execute(Self.database)
      copied()
      let answer: JSONValue = [
        "runs": [["name": "base", "steps": 2, "last_step": 2, "state": "lost", "absent_parents": .array(absentParents)]],
        "checkpoints": .array(checkpoints), "bytes": 4_096, "schema": 2,
      ]
      return answer.serialized()
    }
  }

  func checkpoint(_ id: Int64, step: Int64, _ path: String?, kind: String = "pause") -> JSONValue {
    [
      "id": .integer(id), "run": "base", "session": "sess-1", "step": .integer(step), "path": .string(path ?? "/gone.pt"),
      "kept_path": .null,
      "usable_path": path.map { .string($0) } ?? .null, "kind": .string(kind), "legacy_id": .string("base:\(step):\(id)"),
    ]
  }

  func file(_ name: String, _ text: String) throws -> String {
    try Data(text.utf8).write(to: URL(filePath: "\(directory)/\(name)"))
    return "\(directory)/\(name)"
  }

  func ask(_ command: String, _ input: JSONValue) async throws -> JSONValue {
    let answer = try await host.call(command, input.serialized())
    if let failure = answer.failure { throw failure }
    return try JSONValue(parsing: answer.text)
  }

  func bundle(_ name: String, _ more: [String: JSONValue] = [:]) async throws -> JSONValue {
    try await ask("export.bundle", .object(["path": .string("\(directory)/\(name)")].merging(more) { $1 }))
  }

  var names: [String] { get throws { try FileManager.default.contentsOfDirectory(atPath: directory).sorted() } }

  /// Imports a sound bundle.
  ///
  /// - Returns: The host's directory of bundles, with that one in it.
  func bundles() async throws -> String {
    _ = try await bundle("sound-\(UInt64.random(in: 0 ... .max))")
    let place = try await ask(
      "export.import", ["path": .string("\(directory)/\(try #require(try names.first { $0.hasPrefix("sound") }))")])["place"]
    return try #require(place?.stringValue?.split(separator: "/", omittingEmptySubsequences: false).dropLast().joined(separator: "/"))
  }

  func close() async {
    await host.close()
    try? FileManager.default.removeItem(atPath: directory)
  }

  private static let database = """
    CREATE TABLE runs(id INTEGER PRIMARY KEY, name TEXT);
    CREATE TABLE metric_names(id INTEGER PRIMARY KEY, name TEXT);
    CREATE TABLE events(session INTEGER, seq INTEGER, run INTEGER, ts REAL, step INTEGER, epoch INTEGER, PRIMARY KEY(session, seq));
    CREATE TABLE metrics(run INTEGER, metric INTEGER, step INTEGER, session INTEGER, seq INTEGER, value REAL);
    CREATE TABLE run_metrics(run INTEGER, metric INTEGER, count INTEGER);
    CREATE TABLE reports(id INTEGER PRIMARY KEY, run INTEGER, losses BLOB, indices BLOB);
    INSERT INTO runs VALUES (1, 'base'), (2, 'a "quoted", name');
    INSERT INTO metric_names VALUES (1, 'loss'), (2, 'läuft/x');
    INSERT INTO events VALUES (1, 1, 1, 1700000001.5, 1, 0), (1, 2, 1, 1700000002.5, 2, 0), (1, 3, 2, NULL, 7, NULL);
    INSERT INTO metrics VALUES (1, 1, 1, 1, 1, 0.25), (1, 1, 2, 1, 2, -1.5), (1, 2, 1, 1, 1, 3), (2, 1, 7, 1, 3, 9);
    INSERT INTO run_metrics VALUES (1, 1, 2), (1, 2, 1), (2, 1, 1);
    INSERT INTO reports VALUES (1, 1, zeroblob(8), zeroblob(8)), (2, 1, x'000000000000e03f000000000000f87f', x'05000000000000000600000000000000');
    PRAGMA user_version = 2;
    """
}
