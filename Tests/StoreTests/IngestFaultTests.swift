// SPDX-License-Identifier: Apache-2.0

import FoundationEssentials
import JSON
import PluginSDK
import SQLite
import SmallDisk
import Testing

@testable import PluginTestKit
@testable import Store

@Suite struct IngestFaultTests {
  /// A disk that is really full: recording pauses, says so, and goes on where it was when there is room.
  @Test(.enabled(if: SmallDisk.isPossible, "a small file system cannot be mounted here"))
  func aFullDiskPausesRecordingAndLosesNothing() async throws {
    let store = try await StoreHarness(configuration: #"{"queueBytes": 65536}"#, starting: false)
    let disk = try SmallDisk(kilobytes: 2_048, at: store.host.files.path(.data))
    try await store.host.start()
    store.publish(step(1, seq: 1))
    try await store.committed("s", 1)
    try disk.fill()
    for number in 2...3_000 { store.publish(step(number, seq: number)) }
    _ = try await store.host.logged(within: .seconds(30)) { $0.message == "events not written" }
    let trouble = try #require(try await store.ask("store.status")["trouble"]?.stringValue)
    #expect(trouble.hasPrefix("cannot write the database '\(disk.path)/jackfield.sqlite': "))
    #expect(trouble.hasSuffix("; nothing is lost, it is tried again; free space or end what holds it"))
    #expect(store.host.health?.value == .warning)
    disk.empty()
    try await store.committed("s", 3_000)
    _ = try await store.host.logged { $0.message == "events written again" }
    #expect(store.host.health?.value == .ok)
    #expect(await store.host.stop() == .ok)
    do {
      let database = try Database(path: disk.path + "/jackfield.sqlite", access: .readOnly)
      #expect(try database.text("PRAGMA integrity_check") == "ok")
      #expect(try database.integer("SELECT count(DISTINCT step) FROM metrics") == 3_000)
      #expect(try database.integer("SELECT steps FROM runs") == 3_000)
      #expect(try PyramidReference(database).differences(database) == [])
    }
    await store.host.close()
  }

  /// Each kind of event that could not be written before the stop is read back as what it was.
  @Test func unwrittenEventsKeepTheirKind() throws {
    let ingest = try IngestHarness()
    let origins: [EventBatch.Origin] = [.trainer, .disconnection, .reply, .status, .process]
    var batch = EventBatch()
    for (number, origin) in origins.enumerated() { batch.append(Array(#"{"n":\#(number)}"#.utf8).span, from: origin) }
    let file = UnwrittenEvents(database: ingest.path)
    try file.save([batch], from: 0, replacing: true)
    let read = try #require(try file.load())
    #expect((0..<read.count).map { read.origin(of: $0) } == origins)
    #expect(read.bytes == batch.bytes)
    // As the release before wrote it.
    try "t{\"a\":1}\nd{\"b\":2}\n".write(toFile: file.path, atomically: true, encoding: .utf8)
    let old = try #require(try file.load())
    #expect((0..<old.count).map { old.origin(of: $0) } == [.trainer, .disconnection])
  }

  @Test(arguments: [
    "trainer.reply", "trainer.status", "trainer.process", "trainer.log", "trainer.disconnected", "trainer.connected", "bridge.log",
    "bridge.process",
  ])
  func topicsAreToldApart(topic: String) {
    let wanted: [String: EventBatch.Origin] = [
      "trainer.reply": .reply, "trainer.status": .status, "trainer.process": .process, "trainer.log": .trainer,
      "trainer.disconnected": .disconnection, "bridge.log": .trainer, "bridge.process": .process,
    ]
    #expect(EventBatch.Origin(topic: topic) == wanted[topic])
  }

  /// A line of 17 MB through the plugin, among others; its room is given back.
  @Test func aVeryLongLineIsOneOfMany() async throws {
    let store = try await StoreHarness()
    store.publish(step(1, seq: 1))
    let losses = JSONValue.array(Array(repeating: 0.123456789012, count: 1_000_000))
    let indices = JSONValue.array((0..<1_000_000).map { .integer($0) })
    store.publish(reply("generate_report", ["losses": losses, "sample_indices": indices]), topic: "trainer.reply")
    store.publish(reply("generate_report", key: "odd", ["losses": losses, "sample_indices": [1]]), topic: "trainer.reply")
    store.publish(step(2, seq: 2))
    try await store.committed("s", 2)
    let entry = try await store.host.logged { $0.message == "passed over" }
    #expect(
      entry.values.contains("a report of the run 'r': its losses and sample indices are not two lists of numbers of one length"))
    #expect(try await store.ask("store.status")["since_start"]?["rejected"] == 1)
    let path = try #require(try await store.ask("store.status")["path"]?.stringValue)
    #expect(try Database(path: path, access: .readOnly).integer("SELECT samples FROM reports") == 1_000_000)
    await store.host.close()
  }
}
