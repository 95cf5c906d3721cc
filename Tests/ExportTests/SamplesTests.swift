// SPDX-License-Identifier: Apache-2.0

import FoundationEssentials
import JSON
import PluginSDK
import PluginTestKit
import Testing

@testable import Export

@Suite struct SamplesTests {
  private func bench(trainer: Bool) async throws -> ExportHarness {
    let bench = try await ExportHarness()
    if trainer {
      bench.host.answer("trainer.list") { _ in #"{"sessions":[{"session":"a","run":"base","state":"running","connected":true}]}"# }
    }
    bench.host.answer("runs.subset") { _ in throw PluginFailure("none", status: .notFound) }
    bench.host.answer("runs.report") { call in
      let from = try JSONValue(parsing: call.input.bytes)["from"]
      return from == 0
        ? #"{"losses":[0.5,null],"sample_indices":[10,11],"next":2}"# : #"{"losses":[2.5],"sample_indices":[12],"next":null}"#
    }
    return bench
  }

  @Test func theTrainerWritesThem() async throws {
    let bench = try await bench(trainer: true)
    bench.host.answer("trainer.request") { call in
      let input = try JSONValue(parsing: call.input.bytes)
      #expect(input["cmd"] == "export_subset")
      #expect(input["payload"] == ["run_id": "base", "format": "parquet", "out_path": "/x/s.parquet", "subset_indices": [10, 12]])
      return #"{"session":"a","data":{"ok":true,"out_path":"/x/s.csv","rows":2,"format":"parquet"},"milliseconds":1}"#
    }
    let answer = try await bench.ask(
      "export.samples", ["run": "base", "format": "parquet", "path": "/x/s.parquet", "region": ["min": 0.5, "max": 3]])
    #expect(
      answer == [
        "run": "base", "source": "trainer", "session": "a", "path": "/x/s.csv", "format": "csv", "rows": 2,
        "note": "the trainer wrote csv instead of parquet",
      ])
    await bench.close()
  }

  @Test func okOutsideIsNoSuccess() async throws {
    let bench = try await bench(trainer: true)
    bench.host.answer("trainer.request") { _ in #"{"session":"a","data":{"ok":false,"error":"no pyarrow"},"milliseconds":1}"# }
    let error = await #expect(throws: PluginFailure.self) { try await bench.ask("export.samples", ["run": "base", "format": "parquet"]) }
    #expect(error?.message == "the trainer of 'base' could not write the samples: no pyarrow")
    await bench.close()
  }

  @Test func withoutATrainerTheReportIsWritten() async throws {
    let bench = try await bench(trainer: false)
    let path = bench.directory + "/s.csv"
    let answer = try await bench.ask("export.samples", ["run": "base", "format": "feather", "path": .string(path)])
    #expect(answer["source"] == "report")
    #expect(
      answer["note"]
        == "no trainer is at the run: these are the numbers and losses of its newest report, without the samples themselves, and as csv")
    #expect(try String(contentsOfFile: path, encoding: .utf8) == "sample_id,loss\n10,0.5\n11,\n12,2.5\n")
    #expect(try bench.names == ["s.csv"])
    await bench.close()
  }

  @Test func refusals() async throws {
    let bench = try await bench(trainer: false)
    for (input, message) in [
      (["run": "base", "format": "csv"], "no trainer is at 'base', so its samples come from the stored report; give 'path' for the file"),
      (
        ["run": "base", "format": "csv", "indices": [1], "region": ["min": 0, "max": 1]],
        "both 'indices' and 'region' are given; give one of them"
      ),
      (["run": "base", "format": "csv", "region": ["min": 7, "max": 8]], "no sample of 'base' has a loss from 7.0 to 8.0"),
    ] as [(JSONValue, String)] {
      let error = await #expect(throws: PluginFailure.self) { try await bench.ask("export.samples", input) }
      #expect(error?.message == message)
    }
    await bench.close()
  }
}
