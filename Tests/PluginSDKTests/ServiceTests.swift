// SPDX-License-Identifier: Apache-2.0

import PluginSDK
import PluginTestKit
import Testing

@Suite struct ServiceTests {
  @Test func logCarriesValuesByTheirKind() async throws {
    let (host, bench) = try await probe()
    let log = try #require(bench.context).log
    log.debug("plain")
    log.warning("odd", ["text": "a\"\n\u{1}", "count": 3, "share": 0.5, "ok": true, "bad": Double.nan])
    #expect(
      host.log.map(\.description) == [
        "debug plain", #"warning odd {"bad":"nan","count":3,"ok":true,"share":0.5,"text":"a\"\n\u0001"}"#,
      ])
    await host.close()
  }

  @Test func longLinesAreCutBetweenCharacters() async throws {
    let (host, bench) = try await probe()
    let log = try #require(bench.context).log
    log.info(String(repeating: "é", count: 5000), ["x": String(repeating: "y", count: 70_000)])
    let line = try #require(host.log.first)
    #expect(line.message.utf8.count == 8192)
    #expect(line.message.allSatisfy { $0 == "é" })
    #expect(line.values == #"{"dropped":"values of 70008 bytes; a line holds at most 65536"}"#)
    await host.close()
  }

  @Test func healthIsTheLatest() async throws {
    let (host, bench) = try await probe()
    bench.context?.report(.ok)
    bench.context?.report(.warning, "the disk is slow")
    #expect(host.health?.value == .warning)
    #expect(host.health?.message == "the disk is slow")
    await host.close()
  }

  @Test func directoriesExist() async throws {
    let (host, bench) = try await probe()
    let data = try #require(bench.context).directory(.data)
    #expect(data.hasPrefix("/") && data.hasSuffix("/data"))
    await host.close()
  }
}
