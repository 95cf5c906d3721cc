// SPDX-License-Identifier: Apache-2.0

import FoundationEssentials
import JSON
import PluginSDK
import PluginTestKit
import Testing

@testable import Export

@Suite struct MetricsTests {
  private func export(_ bench: ExportHarness, _ format: String, _ more: [String: JSONValue] = [:]) async throws -> JSONValue {
    try await bench.ask(
      "export.metrics", .object(["path": .string(bench.directory + "/out"), "format": .string(format)].merging(more) { $1 }))
  }

  @Test func commaSeparatedValues() async throws {
    let bench = try await ExportHarness()
    #expect(try await export(bench, "csv")["points"] == 4)
    #expect(
      try String(contentsOfFile: bench.directory + "/out", encoding: .utf8) == """
        run,metric,step,epoch,time,value
        base,loss,1,0,1700000001.5,0.25
        base,loss,2,0,1700000002.5,-1.5
        base,läuft/x,1,0,1700000001.5,3.0
        "a ""quoted"", name",loss,7,,,9.0

        """)
    #expect(try bench.names == ["out"])
    await bench.close()
  }

  @Test func linesOfJSON() async throws {
    let bench = try await ExportHarness()
    #expect(try await export(bench, "jsonl", ["metrics": ["läuft/x"]])["points"] == 1)
    #expect(
      try String(contentsOfFile: bench.directory + "/out", encoding: .utf8)
        == #"{"epoch":0,"metric":"läuft/x","run":"base","step":1,"time":1700000001.5,"value":3.0}"# + "\n")
    await bench.close()
  }

  @Test func eventFilesOfTensorBoard() async throws {
    let bench = try await ExportHarness()
    _ = try await export(bench, "tensorboard")
    #expect(try FileManager.default.contentsOfDirectory(atPath: bench.directory + "/out").sorted() == ["a-quoted-name", "base"])
    let name = try #require(try FileManager.default.contentsOfDirectory(atPath: bench.directory + "/out/base").first)
    #expect(name.hasPrefix("events.out.tfevents.1700000001.") && name.hasSuffix(".jackfield"))
    let bytes = [UInt8](try Data(contentsOf: URL(filePath: "\(bench.directory)/out/base/\(name)")))
    #expect(
      bytes == EventRecord.version(wallTime: 1_700_000_001.5) + EventRecord.scalar("loss", 0.25, step: 1, wallTime: 1_700_000_001.5)
        + EventRecord.scalar("loss", -1.5, step: 2, wallTime: 1_700_000_002.5)
        + EventRecord.scalar("läuft/x", 3, step: 1, wallTime: 1_700_000_001.5))
    await bench.close()
  }

  /// The bytes that RecordWriter and event_pb2 of tensorboard 2.21.0 write for the same four events.
  @Test func recordsAreThoseOfTensorBoard() {
    let captured = """
      1800000000000000a37f4b220900006040fc54d9411a0d627261696e2e4576656e743a32dcbd8b4f1a00000000000000129bd82d090000a040fc54d94110012a0d0a0b0a04\
      6c6f7373150000803ef18239291f00000000000000514b4418090000c040fc54d94110ac022a110a0f0a086cc3a47566742f78150000c0bfe3e2b59a2300000000000000b0\
      9f774309000000000000e03f10feffffffffffffffff012a0d0a0b0a046c6f7373150000807fb7cd4d15
      """
    let written =
      EventRecord.version(wallTime: 1_700_000_001.5) + EventRecord.scalar("loss", 0.25, step: 1, wallTime: 1_700_000_002.5)
      + EventRecord.scalar("läuft/x", -1.5, step: 300, wallTime: 1_700_000_003)
      + EventRecord.scalar("loss", .infinity, step: -2, wallTime: 0.5)
    #expect(written.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined() == captured)
  }

  /// RFC 3720, appendix B.4.
  @Test(
    arguments: [
      ([UInt8](repeating: 0, count: 32), 0x8a91_36aa), ([UInt8](repeating: 0xff, count: 32), 0x62a8_ab43), ([UInt8](0..<32), 0x46dd_794e),
    ] as [([UInt8], UInt32)])
  func checksums(_ bytes: [UInt8], _ sum: UInt32) { #expect(CRC32C.checksum(of: bytes) == sum) }

  @Test(arguments: [
    ("parquet", "metrics are not written as parquet: there is no library for it among Debian's; take csv or jsonl"),
    ("xml", "there is no format 'xml' for metrics; take csv, jsonl or tensorboard"),
  ])
  func otherFormatsAreRefused(_ format: String, _ message: String) async throws {
    let bench = try await ExportHarness()
    let error = await #expect(throws: PluginFailure.self) { try await export(bench, format) }
    #expect(error?.message == message)
    await bench.close()
  }

  @Test func anUnknownMetricIsRefusedAndLeavesNothing() async throws {
    let bench = try await ExportHarness()
    let error = await #expect(throws: PluginFailure.self) { try await export(bench, "csv", ["metrics": ["los"]]) }
    #expect(error?.message == "these runs have no metric 'los'; they have loss, läuft/x")
    #expect(try bench.names.isEmpty)
    await bench.close()
  }
}
