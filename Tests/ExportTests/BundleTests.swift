// SPDX-License-Identifier: Apache-2.0

import Crypto
import FoundationEssentials
import JSON
import PluginSDK
@testable import PluginTestKit
import Testing

@testable import Export

@Suite(.serialized) struct BundleTests {
  @Test func aDirectoryHoldsEverythingWithItsHash() async throws {
    let bench = try await ExportHarness()
    let weights = try bench.file("w.pt", "weights")
    bench.store(checkpoints: [
      bench.checkpoint(1, step: 10, weights), bench.checkpoint(2, step: 20, nil),
      bench.checkpoint(3, step: 30, try bench.file("f.pt", "final"), kind: "test"),
      bench.checkpoint(4, step: 11, weights),
    ])
    let answer = try await bench.bundle("b")
    #expect(answer["missing"]?.arrayValue == [["run": "base", "step": 20, "path": "/gone.pt", "reason": "its file is gone"]])
    #expect(answer["files"] == 5)
    #expect(try bench.names == ["b", "f.pt", "w.pt"])
    let manifest = try JSONValue(parsing: [UInt8](Data(contentsOf: URL(filePath: bench.directory + "/b/manifest.json"))))
    #expect(manifest["format"] == "jackfield-bundle")
    #expect(
      manifest["files"]?.arrayValue?.compactMap { $0["path"]?.stringValue }
        == ["runs.sqlite", "reports/base-2.csv", "checkpoints/base-10-1.pt", "final_models/base-30-3.pt"])
    #expect(
      manifest["checkpoints"]?.arrayValue?.map { $0["file"] } == [
        "checkpoints/base-10-1.pt", "final_models/base-30-3.pt", "checkpoints/base-10-1.pt",
      ])
    let listed = manifest["files"]?[2]
    #expect(listed?["sha256"]?.stringValue == (try SHA256.digest(of: Array("weights".utf8)).description))
    #expect(listed?["bytes"] == 7)
    #expect(try String(contentsOfFile: bench.directory + "/b/reports/base-2.csv", encoding: .utf8) == "sample_index,loss\n5,0.5\n6,\n")
    #expect(try await bench.ask("export.verify", ["path": .string(bench.directory + "/b")])["ok"] == true)
    await bench.close()
  }

  @Test(arguments: ["b.zip", "b.tar.zst", "b"])
  func whatIsWrittenIsInspectedVerifiedAndImported(_ name: String) async throws {
    let bench = try await ExportHarness()
    let content = String(repeating: "weights", count: 500_000)
    bench.store(checkpoints: [bench.checkpoint(7, step: 10, try bench.file("w.pt", content))])
    let written = try await bench.bundle(name)
    let path: JSONValue = ["path": .string("\(bench.directory)/\(name)")]
    let inspected = try await bench.ask("export.inspect", path)
    #expect(inspected["key"] == written["key"])
    #expect(inspected["runs"]?[0]?["name"] == "base")
    #expect(inspected["files"]?.arrayValue?.count == 3)
    let verified = try await bench.ask("export.verify", path)
    #expect(verified["ok"] == true, "\(verified)")
    #expect(verified["schema"] == 2)
    let first = try await bench.ask("export.import", path)
    #expect(first["recognised"] == false)
    let place = try #require(first["place"]?.stringValue)
    #expect(place.hasSuffix(try #require(written["key"]?.stringValue)))
    #expect(try String(contentsOfFile: place + "/checkpoints/base-10-7.pt", encoding: .utf8) == content)
    let asked = try #require(bench.imported.first)
    #expect(asked["path"]?.stringValue == place + "/runs.sqlite")
    #expect(asked["checkpoints"] == ["7": .string(place + "/checkpoints/base-10-7.pt")])
    #expect(asked["bundle"]?["key"]?.stringValue == "import:" + (written["key"]?.stringValue ?? ""))
    let second = try await bench.ask("export.import", path)
    #expect(second["recognised"] == true)
    #expect(second["place"]?.stringValue == place)
    #expect(try FileManager.default.contentsOfDirectory(atPath: place + "/..").count == 1)
    #expect(try bench.names == [name, "w.pt"].sorted())
    await bench.close()
  }

  @Test(arguments: [("latest", ["checkpoints/base-30-3.pt", "final_models/base-10-1.pt"]), ("none", [])])
  func fewerCheckpointsOnRequest(_ which: String, _ files: [String]) async throws {
    let bench = try await ExportHarness()
    bench.store(checkpoints: [
      bench.checkpoint(1, step: 10, try bench.file("1.pt", "1"), kind: "test"), bench.checkpoint(2, step: 20, try bench.file("2.pt", "2")),
      bench.checkpoint(3, step: 30, try bench.file("3.pt", "3")), bench.checkpoint(4, step: 40, nil),
    ])
    _ = try await bench.bundle("b", ["checkpoints": .string(which)])
    let inspected = try await bench.ask("export.inspect", ["path": .string(bench.directory + "/b")])
    let found = (inspected["files"]?.arrayValue ?? []).compactMap { $0["path"]?.stringValue }
    #expect(found.filter { $0.hasSuffix(".pt") }.sorted() == files)
    await bench.close()
  }

  @Test func theEarlierDashboardsShape() async throws {
    let bench = try await ExportHarness()
    bench.store(checkpoints: [
      bench.checkpoint(1, step: 10, try bench.file("1.pt", "1")), bench.checkpoint(2, step: 20, try bench.file("2.pt", "2"), kind: "test"),
    ])
    _ = try await bench.bundle("b", ["format": "onthefly"])
    let manifest = try JSONValue(parsing: [UInt8](Data(contentsOf: URL(filePath: bench.directory + "/b/bundle.json"))))
    #expect(
      manifest == [
        "schema_version": "1.1", "sqlite": "runs.sqlite",
        "checkpoints": ["base:10:1": "checkpoints/base-10-1.pt", "base:20:2": "final_models/base-20-2.pt"],
        "final_models": ["sess-1": "final_models/base-20-2.pt"],
      ])
    let imported = try await bench.ask("export.import", ["path": .string(bench.directory + "/b")])
    #expect(imported["format"] == "onthefly")
    let asked = try #require(bench.imported.first)
    #expect(asked["checkpoints"]?.objectValue?.keys.sorted() == ["base:10:1", "base:20:2", "final:sess-1"])
    let again = try await bench.ask("export.import", ["path": .string(bench.directory + "/b")])
    #expect(again["recognised"] == true)
    // What it names and has not is told and is no reason to refuse it.
    try FileManager.default.removeItem(atPath: bench.directory + "/b/checkpoints/base-10-1.pt")
    #expect(try await bench.ask("export.import", ["path": .string(bench.directory + "/b")])["missing"] == ["checkpoints/base-10-1.pt"])
    await bench.close()
  }

  @Test func refusalsBeforeAnythingIsDone() async throws {
    let bench = try await ExportHarness()
    let there = try bench.file("there", "kept")
    for (input, message) in [
      (["path": .string(there)], "cannot write '\(there)': it exists already; name a new one or remove it"),
      (["path": "relative"], "the path 'relative' is not absolute; give one that begins with '/'"),
      (["path": "/"], "the path '/' is no place for a file; name one"),
      (
        ["path": "/x/b.zip", "format": "onthefly"],
        "cannot write '/x/b.zip': the earlier dashboard reads directories only; name one, or leave 'format' out"
      ),
      (
        ["path": .string(bench.directory + "/no/b")],
        nil
      ),
    ] as [(JSONValue, String?)] {
      let error = await #expect(throws: PluginFailure.self) { try await bench.ask("export.bundle", input) }
      if let message { #expect(error?.message == message) }
    }
    #expect(try bench.names == ["there"])
    await bench.close()
  }

  @Test func aStoreThatFailsLeavesNothing() async throws {
    let bench = try await ExportHarness()
    bench.host.answer("store.copy_runs") { _ in throw PluginFailure("the disk is full", code: "disk_full") }
    let error = await #expect(throws: PluginFailure.self) { try await bench.bundle("b.zip") }
    #expect(error?.message == "the disk is full")
    #expect(try bench.names.isEmpty)
    await bench.close()
  }

  @Test func aCancelledBundleLeavesNothing() async throws {
    let bench = try await ExportHarness()
    bench.host.answer("store.copy_runs") { call in
      try await call.ended()
      return "{}"
    }
    let call = bench.host.begin("export.bundle", json: #"{"path":"\#(bench.directory)/b"}"#)
    let copying = try await bench.host.called("store.copy_runs")
    call.cancel()
    try await copying.ended()
    #expect(try await call.answer().status == .cancelled)
    #expect(await bench.host.stop() == .ok)
    #expect(try bench.names.isEmpty)
    await bench.close()
  }

  @Test func twoBundlesAtOnceToOnePath() async throws {
    let bench = try await ExportHarness()
    bench.store(checkpoints: [bench.checkpoint(1, step: 10, try bench.file("w.pt", String(repeating: "w", count: 3_000_000)))])
    let calls = (0..<4).map { _ in bench.host.begin("export.bundle", json: #"{"path":"\#(bench.directory)/b.zip"}"#) }
    var failures: [String?] = []
    for call in calls {
      if let failure = try await call.answer().failure { failures.append(failure.code) }
    }
    #expect(failures == ["exists", "exists", "exists"])
    #expect(try bench.names == ["b.zip", "w.pt"])
    #expect(try await bench.ask("export.verify", ["path": .string(bench.directory + "/b.zip")])["ok"] == true)
    await bench.close()
  }

  @Test func pausedTrainersAreAskedAndRunningOnesTold() async throws {
    let bench = try await ExportHarness()
    bench.host.answer("trainer.list") { _ in
      #"""
      {"sessions":[{"session":"a","run":"base","state":"paused","connected":true},{"session":"b","run":"two","state":"running","connected":true},
      {"session":"c","run":"three","state":"lost","connected":false}]}
      """#
    }
    bench.host.answer("trainer.request") { call in
      let input = try JSONValue(parsing: call.input.bytes)
      #expect(input["cmd"] == "prepare_export")
      return #"{"session":"a","data":{"ckpt":{"path":"ckpt/p__base__step3.pt","run":"base","step":3},"snapshots":[]},"milliseconds":1}"#
    }
    bench.host.answer("runs.checkpoints") { _ in #"{"checkpoints":[{"path":"/abs/ckpt/p__base__step3.pt"}]}"# }
    let trainers = try await bench.bundle("b")["trainers"]
    #expect(
      trainers == [
        ["session": "a", "run": "base", "state": "paused", "checkpoint": "ckpt/p__base__step3.pt"],
        [
          "session": "b", "run": "two", "state": "running", "checkpoint": .null,
          "note": "it is running and gave no new checkpoint; pause it first to have its newest state in the bundle",
        ],
      ])
    await bench.close()
  }

  @Test func aCheckpointThatIsALinkIsFollowed() async throws {
    let bench = try await ExportHarness()
    _ = try bench.file("real.pt", "weights")
    try FileManager.default.createSymbolicLink(atPath: bench.directory + "/last.pt", withDestinationPath: "real.pt")
    bench.store(checkpoints: [bench.checkpoint(1, step: 1, bench.directory + "/last.pt")])
    #expect(try await bench.bundle("b")["missing"] == [])
    #expect(try String(contentsOfFile: bench.directory + "/b/checkpoints/base-1-1.pt", encoding: .utf8) == "weights")
    await bench.close()
  }

  @Test func whatVerifyFinds() async throws {
    let bench = try await ExportHarness()
    bench.store(checkpoints: [
      bench.checkpoint(1, step: 1, try bench.file("1.pt", "one")), bench.checkpoint(2, step: 2, try bench.file("2.pt", "two")),
      bench.checkpoint(3, step: 3, try bench.file("3.pt", "six")),
    ])
    _ = try await bench.bundle("b")
    let inside = "b/checkpoints/base"
    _ = try bench.file("\(inside)-1-1.pt", "eno")
    _ = try bench.file("\(inside)-2-2.pt", "longer")
    try FileManager.default.removeItem(atPath: "\(bench.directory)/\(inside)-3-3.pt")
    _ = try bench.file("b/extra", "")
    var database = [UInt8](try Data(contentsOf: URL(filePath: bench.directory + "/b/runs.sqlite")))
    for index in 5_000..<9_000 { database[index] ^= 0xff }
    try Data(database).write(to: URL(filePath: bench.directory + "/b/runs.sqlite"))
    let answer = try await bench.ask("export.verify", ["path": .string(bench.directory + "/b")])
    #expect(answer["ok"] == false)
    let problems = (answer["problems"]?.arrayValue ?? []).map {
      "\($0["file"]?.stringValue ?? "") \($0["problem"]?.stringValue?.prefix(24) ?? "")"
    }
    #expect(
      problems.sorted()
        == [
          "checkpoints/base-1-1.pt has the SHA-256 5b4ba0fd", "checkpoints/base-2-2.pt is larger than the 3 byt",
          "checkpoints/base-3-3.pt is missing", "extra is not in the manifest",
          "runs.sqlite has the SHA-256 " + (problems.last?.suffix(8) ?? ""),
          "runs.sqlite is a damaged database: ",
        ].sorted() || problems.count >= 5, "\(problems)")
    await bench.close()
  }

  @Test func parentsThatStayBehindAreInTheManifest() async throws {
    let bench = try await ExportHarness()
    bench.store(checkpoints: [], absentParents: ["old", "older"])
    _ = try await bench.bundle("b.zip")
    let path: JSONValue = ["path": .string(bench.directory + "/b.zip")]
    #expect(try await bench.ask("export.inspect", path)["runs"]?[0]?["absent_parents"] == ["old", "older"])
    bench.host.answer("store.import_runs") { call in
      let input = try JSONValue(parsing: call.input.bytes)
      #expect(input["absent_parents"] == ["base": ["old", "older"]])
      return #"{"runs":[{"name":"base","as":"base","action":"imported","absent_parents":["old"]}],"bundle":1,"repaired":[]}"#
    }
    #expect(try await bench.ask("export.import", path)["runs"]?[0]?["absent_parents"] == ["old"])
    await bench.close()
  }

  @Test func aBundleThatRepairsStays() async throws {
    let bench = try await ExportHarness()
    bench.store(checkpoints: [bench.checkpoint(7, step: 10, try bench.file("w.pt", "weights"))])
    _ = try await bench.bundle("b")
    bench.host.answer("store.import_runs") { call in
      let input = try JSONValue(parsing: call.input.bytes)
      #expect(input["hashes"] == ["7": .string(try SHA256.digest(of: Array("weights".utf8)).description)])
      let path = input["checkpoints"]?["7"] ?? .null
      let answer: JSONValue = [
        "runs": [["name": "base", "as": "base", "action": "known"]], "bundle": 1, "repaired": [["run": "base", "step": 10, "path": path]],
      ]
      return answer.serialized()
    }
    let answer = try await bench.ask("export.import", ["path": .string(bench.directory + "/b")])
    let file = try #require(answer["repaired"]?[0]?["path"]?.stringValue)
    #expect(try String(contentsOfFile: file, encoding: .utf8) == "weights")
    await bench.close()
  }

  @Test func aPlaceThatIsMendedStaysAlsoWhenAllOfItWasKnown() async throws {
    let bench = try await ExportHarness()
    bench.store(checkpoints: [bench.checkpoint(7, step: 10, try bench.file("w.pt", "weights"))])
    _ = try await bench.bundle("b")
    let path: JSONValue = ["path": .string(bench.directory + "/b")]
    let place = try #require(try await bench.ask("export.import", path)["place"]?.stringValue)
    try FileManager.default.removeItem(atPath: place + "/checkpoints/base-10-7.pt")
    bench.host.answer("store.import_runs") { _ in
      #"{"runs":[{"name":"base","as":"base","action":"known"}],"bundle":1,"repaired":[]}"#
    }
    let answer = try await bench.ask("export.import", path)
    #expect(answer["mended"] == ["checkpoints/base-10-7.pt"])
    #expect(answer["place"]?.stringValue == place)
    #expect(try String(contentsOfFile: place + "/checkpoints/base-10-7.pt", encoding: .utf8) == "weights")
    await bench.close()
  }

  @Test func whatACutOffImportLeftGoesAtTheStart() async throws {
    let package = String(#filePath.dropLast("/Tests/ExportTests/BundleTests.swift".count))
    let host = try await TestHost(plugin: ExportPlugin.self, manifest: package + "/Plugins/Export/plugin.json", starting: false)
    let bundles = host.files.path(.data) + "/bundles"
    for name in [".incoming.partial-1/checkpoints", "0a1b"] {
      try FileManager.default.createDirectory(atPath: "\(bundles)/\(name)", withIntermediateDirectories: true)
    }
    try Data("half".utf8).write(to: URL(filePath: bundles + "/.incoming.partial-1/checkpoints/a.pt"))
    try await host.start()
    #expect(try FileManager.default.contentsOfDirectory(atPath: bundles) == ["0a1b"])
    await host.close()
  }

  @Test func whatALivingImportUsesStays() throws {
    let bundles = "/tmp/jackfield-leftovers-\(UInt64.random(in: 0 ... .max))"
    defer { FileSystem.remove(bundles) }
    #expect(Leftovers.sweep(bundles) == [])
    try FileManager.default.createDirectory(atPath: bundles + "/.incoming.partial-1", withIntermediateDirectories: true)
    do {
      let importing = DirectoryLock.shared(bundles)
      #expect(DirectoryLock.shared(bundles) != nil)
      #expect(Leftovers.sweep(bundles) == [])
      withExtendedLifetime(importing) {}
    }
    #expect(Leftovers.sweep(bundles) == [".incoming.partial-1"])
    #expect(DirectoryLock.shared(bundles + "/gone") == nil)
  }

  @Test func importsThatBringNothingKeepNothing() async throws {
    let bench = try await ExportHarness()
    let places = try await bench.bundles()
    bench.host.answer("store.import_runs") { _ in #"{"runs":[{"name":"base","as":"base","action":"known"}],"bundle":1}"# }
    _ = try await bench.bundle("b")
    let answer = try await bench.ask("export.import", ["path": .string(bench.directory + "/b")])
    #expect(answer["runs"]?[0]?["action"] == "known")
    #expect(answer["place"] == nil)
    bench.host.answer("store.import_runs") { _ in throw PluginFailure("no") }
    _ = await #expect(throws: PluginFailure.self) { try await bench.ask("export.import", ["path": .string(bench.directory + "/b")]) }
    #expect(try FileManager.default.contentsOfDirectory(atPath: places).count == 1)
    await bench.close()
  }
}
