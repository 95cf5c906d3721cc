// SPDX-License-Identifier: Apache-2.0

import FoundationEssentials
import JSON
import PluginSDK
import SQLite
import SmallDisk
import Testing

@testable import Kernel

@Suite struct ResultTests {
  @Test func outputsStandInTheOrderTheyCame() async throws {
    let results = try ResultHarness()
    let run = results.began("r")
    results.print(run, "a warning\n", to: "stderr")
    results.print(run, "one\n")
    results.print(run, "two\n")
    results.happened(
      run, "display_data", ["data": ["image/png": "AAAA", "text/plain": "<Figure>"], "metadata": ["image/png": ["width": 3]]])
    results.happened(run, "display_data", ["data": ["image/png": "BBBB"], "metadata": [:]])
    results.happened(
      run, "execute_result", ["data": ["text/plain": "5", "application/json": ["a": [1, nil]]], "metadata": [:], "execution_count": 3])
    results.happened(run, "error", ["ename": "E", "evalue": "v", "traceback": ["t1", "t2"]])
    results.ended(run, .error)
    let outputs = try await results.outputs("r")
    #expect(
      outputs.map { $0["output_type"]?.stringValue } == ["stream", "stream", "display_data", "display_data", "execute_result", "error"])
    #expect(outputs.map { $0["name"]?.stringValue } == ["stderr", "stdout", nil, nil, nil, nil])
    #expect(outputs[1]["text"] == "one\ntwo\n")
    #expect(outputs[2]["data"] == ["image/png": "AAAA", "text/plain": "<Figure>"])
    #expect(outputs[2]["metadata"] == ["image/png": ["width": 3]])
    #expect(outputs[2]["best"] == "image/png")
    #expect(outputs[4]["data"] == ["text/plain": "5", "application/json": ["a": [1, nil]]])
    #expect(outputs[5]["traceback"] == ["t1", "t2"])
    let row = try await results.ask("get", ["id": "r"])
    #expect(row["state"] == "error")
    #expect(row["execution_count"] == 3)
    #expect(row["timings"]?["sent"] == 1_001.0)
  }

  @Test func updatesReachEveryOutputOfTheKernelAndNoOther() async throws {
    let results = try ResultHarness()
    let shown: JSONValue = ["data": ["text/plain": "old"], "metadata": [:], "transient": ["display_id": "d"]]
    let a = results.began("a", lines: 1...1)
    results.happened(a, "display_data", shown)
    results.ended(a)
    let b = results.began("b", document: "/b.py")
    results.happened(b, "display_data", shown)
    let other = results.began("other", document: "/c.py", kernel: "another")
    results.happened(other, "display_data", shown)
    let c = results.began("c", lines: 9...9)
    results.happened(c, "update_display_data", ["data": ["text/plain": "new"], "metadata": [:], "transient": ["display_id": "d"]])
    results.ended(c)
    #expect(try await results.outputs("a")[0]["data"]?["text/plain"] == "new")
    #expect(try await results.outputs("b")[0]["data"]?["text/plain"] == "new")
    #expect(try await results.outputs("other")[0]["data"]?["text/plain"] == "old")
    #expect(try await results.outputs("c").isEmpty)
  }

  @Test func clearingWaitsForTheNextOutputWhenAsked() async throws {
    let results = try ResultHarness()
    let run = results.began("r")
    results.print(run, "one\n")
    results.happened(run, "clear_output", ["wait": true])
    #expect(try await results.outputs("r").map { $0["text"] } == ["one\n"])
    results.print(run, "two\n")
    #expect(try await results.outputs("r").map { $0["text"] } == ["two\n"])
    results.happened(run, "clear_output", ["wait": false])
    #expect(try await results.outputs("r").isEmpty)
    results.print(run, "three\n")
    results.ended(run)
    #expect(try await results.outputs("r").map { $0["text"] } == ["three\n"])
  }

  /// A thread of the kernel goes on printing under the name of a run that ended.
  @Test func lateOutputStaysWithItsRun() async throws {
    let results = try ResultHarness()
    let run = results.run("r")
    results.print(run, "late\n")
    let outputs = try await results.outputs("r")
    #expect(outputs.map { $0["text"] } == ["out\n", "late\n"])
    #expect(outputs.map { $0["late"] } == [nil, true])
    let again = try results.restarted()
    again.print(run, "later\n")
    #expect(try await again.outputs("r").map { $0["text"] } == ["out\n", "late\n", "later\n"])
    #expect(try await again.ask("get", ["id": "r"])["state"] == "ok")
  }

  @Test func buffersAreKept() async throws {
    let results = try ResultHarness()
    let run = results.began("r")
    results.happened(
      run, "display_data", ["data": ["x/y": "z"], "metadata": [:]], buffers: [[1, 2, 3], Array(repeating: 9, count: 100_000)])
    #expect(try await results.outputs("r")[0]["buffers"] == [3, 100_000])
  }

  /// One long text, in pieces small enough to be many: all of it on the disk, its ends shown, what is between told.
  @Test func aLongTextIsShownByItsEndsAndKeptWhole() async throws {
    let results = try ResultHarness()
    let run = results.began("r")
    let lines = (0..<100_000).map { "line \($0)\n" }
    for line in lines { results.print(run, line) }
    var seen = try #require(try await results.outputs("r").first)
    #expect(seen["lines"] == 100_000, "while it runs")
    results.ended(run)
    seen = try #require(try await results.outputs("r").first)
    let whole = lines.joined()
    #expect(seen["text"]?.stringValue == lines.prefix(100).joined())
    #expect(seen["tail"]?.stringValue == lines.suffix(100).joined())
    #expect(seen["lines"] == 100_000)
    #expect(seen["bytes"] == .integer(Int64(whole.utf8.count)))
    let leftOut = whole.utf8.count - lines.prefix(100).joined().utf8.count - lines.suffix(100).joined().utf8.count
    #expect(
      seen["left_out"]?["sentence"]
        == .string("99800 lines, \(leftOut) bytes left out; ask for view 'full', or for this output with offset and limit"))
    #expect(try await results.outputs("r", view: "full")[0]["text"]?.stringValue == whole)
    var paged = ""
    var offset: Int? = 0
    while let from = offset {
      let page = try await results.ask("get", ["id": "r", "output": 0, "offset": .integer(Int64(from)), "limit": 70_001])
      paged += page["text"]?.stringValue ?? ""
      offset = page["next_offset"]?.intValue
    }
    #expect(paged == whole)
    #expect(DiskFiles.names(in: results.directory + "/live").isEmpty)
  }

  @Test func pagesEndBetweenCharacters() async throws {
    let results = try ResultHarness()
    results.run("r", printing: String(repeating: "日é👩", count: 20_000) + "\n")
    var paged = ""
    var offset: Int? = 0
    while let from = offset {
      let page = try await results.ask("get", ["id": "r", "output": 0, "offset": .integer(Int64(from)), "limit": 9_999])
      paged += page["text"]?.stringValue ?? ""
      offset = page["next_offset"]?.intValue
    }
    #expect(paged == String(repeating: "日é👩", count: 20_000) + "\n")
  }

  /// The same bytes are one file, which goes with the last that names it.
  @Test func largeOutputsAreKeptOnce() async throws {
    let results = try ResultHarness()
    let content: JSONValue = ["data": ["image/png": .string(String(repeating: "A", count: 300_000))], "metadata": [:]]
    for (id, line) in [("a", 1), ("b", 5)] {
      let run = results.began(id, lines: line...line)
      results.happened(run, "display_data", content)
      results.ended(run)
    }
    #expect(try await results.outputs("b")[0]["data"] == content["data"])
    func blobs() -> Int {
      DiskFiles.names(in: results.directory + "/blobs").reduce(0) { $0 + DiskFiles.names(in: results.directory + "/blobs/\($1)").count }
    }
    #expect(blobs() == 1)
    let page = try await results.ask("get", ["id": "b", "output": 0, "mime": "image/png", "offset": 299_990])
    #expect(page["text"] == "AAAAAAAAAA")
    results.run("c", lines: 1...1)
    #expect(try await results.anchors() == ["c 1-1", "b 5-5"])
    #expect(blobs() == 1)
    results.run("d", lines: 5...5)
    #expect(try await results.anchors() == ["c 1-1", "d 5-5"])
    #expect(blobs() == 0)
  }

  @Test func aClientGetsTheBestOfWhatItCanShow() async throws {
    let results = try ResultHarness()
    let run = results.began("r")
    let data: JSONValue = ["text/html": "<b>", "image/png": "AA", "text/plain": "t", "image/svg+xml": "<svg onload=alert(1)>"]
    results.happened(run, "display_data", ["data": data, "metadata": [:]])
    let png = try await results.ask("get", ["id": "r", "accept": ["image/png", "text/*"]])["outputs"]?[0]
    #expect(png?["best"] == "text/html")
    let terminal = try await results.ask("get", ["id": "r", "accept": ["text/plain", "image/png"]])["outputs"]?[0]
    #expect(terminal?["data"] == ["image/png": "AA"])
    #expect(terminal?["mime_types"]?.arrayValue?.count == 4)
    let all = try await results.outputs("r")[0]
    #expect(all["data"] == data)
    #expect(Set(all["untrusted"]?.arrayValue ?? []) == ["text/html", "image/svg+xml"])
  }

  @Test(arguments: [
    (["text/plain", "text/html"], "text/html"), (["image/svg+xml", "image/png"], "image/svg+xml"), (["text/plain", "x/y"], "x/y"),
    (["application/vnd.plotly.v1+json", "text/html"], "application/vnd.plotly.v1+json"),
    (["application/json", "text/plain"], "application/json"),
    (["application/pdf", "text/latex"], "text/latex"), (["application/vnd.custom+json", "text/plain"], "application/vnd.custom+json"),
    (["application/vnd.jupyter.widget-view+json", "text/html"], "application/vnd.jupyter.widget-view+json"),
  ])
  func theRichestTypeIsBest(types: [String], best: String) { #expect(MimePriority.best(of: types) == best) }

  @Test(arguments: [
    #"{"name": "stdout", "text": NaN}"#, #"[]"#, #"{}"#, "", "null", #"{"text": 5}"#, String(repeating: "[", count: 5_000), "\u{0}",
  ])
  func contentThatIsNoOutputIsKeptAsItCame(content: String) async throws {
    let results = try ResultHarness()
    let run = results.began("r")
    results.service.happened(RunEvent(sequence: 0, time: 0, type: "stream", content: Array(content.utf8)), in: run)
    results.service.happened(RunEvent(sequence: 1, time: 0, type: "clear_output", content: Array("{".utf8)), in: run)
    results.ended(run)
    let output = try #require(try await results.outputs("r").first)
    #expect(output["output_type"] == "unreadable")
    #expect(output["text"]?.stringValue == content)
  }

  @Test func aStormOfUpdatesIsOneValue() async throws {
    let results = try ResultHarness()
    let run = results.began("r")
    results.happened(run, "display_data", ["data": ["text/plain": "0"], "metadata": [:], "transient": ["display_id": "d"]])
    for number in 1...20_000 {
      results.happened(
        run, "update_display_data", ["data": ["text/plain": .string("\(number)")], "metadata": [:], "transient": ["display_id": "d"]])
    }
    results.ended(run)
    #expect(try await results.outputs("r").map { $0["data"]?["text/plain"] } == ["20000"])
  }

  @Test func outputsOverTheLimitAreCounted() async throws {
    var limits = ResultLimits()
    limits.outputsPerResult = 10
    limits.viewImages = 3
    let results = try ResultHarness(limits: limits)
    let run = results.began("r")
    for number in 0..<25 { results.happened(run, "display_data", ["data": ["image/png": .string("\(number)")], "metadata": [:]]) }
    results.ended(run)
    let row = try await results.ask("get", ["id": "r"])
    #expect(row["outputs"]?.arrayValue?.count == 10)
    #expect(row["left_out"]?["outputs"] == 15)
    #expect(row["left_out"]?["sentence"]?.stringValue?.hasPrefix("15 outputs of ") == true)
    #expect(row["outputs"]?[2]?["data"] != nil)
    #expect(row["outputs"]?[3]?["left_out"]?["sentence"]?.stringValue?.contains("ask for output 3 with 'mime'") == true)
    #expect(try await results.ask("get", ["id": "r", "output": 3])["data"]?["image/png"] == "3")
  }

  @Test func textOverTheLimitLosesItsMiddleAndSaysSo() async throws {
    var limits = ResultLimits()
    limits.bytesPerText = 200_000
    let results = try ResultHarness(limits: limits)
    let run = results.began("r")
    for number in 0..<100_000 { results.print(run, "line \(number)\n") }
    results.ended(run)
    let output = try #require(try await results.outputs("r", view: "full").first)
    let text = try #require(output["text"]?.stringValue)
    let lost = try #require(output["lost"]?["bytes"]?.intValue)
    #expect(text.hasPrefix("line 0\nline 1\n"))
    #expect(text.hasSuffix("line 99999\n"))
    // One notice for each time the middle was taken out: how often depends on how the text came.
    let notices = text.matches(of: /\n\[([0-9]+) bytes left out here\]\n/)
    #expect(notices.compactMap { Int($0.1) }.reduce(0, +) == lost)
    #expect(
      text.utf8.count - notices.reduce(0) { $0 + $1.0.utf8.count } + lost == (0..<100_000).reduce(0) { $0 + "line \($1)\n".utf8.count })
  }

  @Test func theOldestResultsGoFirstAndPinnedOnesStay() async throws {
    var limits = ResultLimits()
    limits.resultsPerDocument = 3
    let results = try ResultHarness(limits: limits)
    results.run("pinned", lines: 1...1)
    _ = try await results.service.change { try $0.touch("pinned", "pinned = 1") { _ in } }
    for number in 2...6 { results.run("r\(number)", lines: number...number) }
    #expect(try await results.anchors() == ["pinned 1-1", "r4 4-4", "r5 5-5", "r6 6-6"])
    let gone = results.notices.read { $0.filter { $0["reason"] == "limit" }.map { $0["id"] } }
    #expect(gone == ["r2", "r3"])
  }

  /// What a host that was killed left: a row whose text lies half in a file.
  @Test func anOpenTextSurvivesTheEndOfTheHost() async throws {
    let results = try ResultHarness()
    let run = results.began("r")
    let lines = (0..<50_000).map { "line \($0)\n" }
    for line in lines { results.print(run, line) }
    _ = try await results.outputs("r")
    let copy = results.directory + "-copy"
    try FileManager.default.copyItem(atPath: results.directory, toPath: copy)
    defer { try? FileManager.default.removeItem(atPath: copy) }
    let again = try ResultHarness(at: copy)
    #expect(try await again.outputs("r", view: "full")[0]["text"]?.stringValue == lines.joined())
    #expect(try await again.ask("get", ["id": "r"])["state"] == "lost")
    #expect(DiskFiles.names(in: copy + "/live").isEmpty)
    // What a thread of the kernel still prints is the run's.
    again.print(run, "more\n")
    again.ended(run)
    #expect(try await again.outputs("r", view: "full").map { $0["text"]?.stringValue } == [lines.joined(), "more\n"])
    again.service.stop()
  }

  @Test func aRunThatNeverBeganLeavesEarlierResultsAlone() async throws {
    let results = try ResultHarness()
    results.run("a", lines: 1...3)
    let b = results.began("b", lines: 1...3)
    #expect(try await results.anchors() == ["a 1-3", "b 1-3"])
    results.ended(b, .aborted, sent: false)
    #expect(try await results.anchors() == ["a 1-3"])
  }

  @Test(.enabled(if: SmallDisk.isPossible, "a small file system cannot be mounted here"))
  func aFullDiskPausesAndLosesNoRun() async throws {
    let disk = try SmallDisk(kilobytes: 4_096)
    let results = try ResultHarness(at: disk.path + "/kernel")
    results.run("before", lines: 1...1)
    _ = try await results.anchors()
    try disk.fill()
    let run = results.began("during", lines: 5...5)
    for number in 0..<30_000 { results.print(run, "line \(number)\n") }
    results.happened(run, "display_data", ["data": ["image/png": .string(String(repeating: "A", count: 200_000))], "metadata": [:]])
    results.ended(run)
    let sentence = try #require(await results.trouble { $0.first }) ?? ""
    #expect(sentence.hasPrefix("cannot keep results in '\(disk.path)/kernel': "))
    #expect(sentence.hasSuffix("; runs go on, and it is tried again; free space or end what holds it"))
    #expect(try await results.anchors() == ["before 1-1"])
    disk.empty()
    _ = await results.trouble { $0.last == .some(nil) ? $0.last : nil }
    #expect(try await results.anchors() == ["before 1-1", "during 5-5"])
    let outputs = try await results.outputs("during", view: "full")
    #expect(outputs[0]["text"]?.stringValue == (0..<30_000).map { "line \($0)\n" }.joined())
    #expect(outputs[1]["data"]?["image/png"]?.stringValue?.count == 200_000)
    let check = try await results.service.perform { try $0.database.text("PRAGMA integrity_check") }
    #expect(check == "ok")
    results.service.stop()
  }

  @Test func aDatabaseOfANewerReleaseIsLeftAlone() throws {
    let results = try ResultHarness()
    results.service.stop()
    let path = results.directory + "/results.sqlite"
    do {
      let database = try ResultSchema.open(path: path)
      try database.execute("PRAGMA user_version = 99")
    }
    let error = #expect(throws: PluginFailure.self) { try ResultSchema.open(path: path) }
    #expect(
      error?.message
        == "cannot use the database '\(path)': its schema is version 99 and this build knows up to 1; "
        + "update Jackfield, or move the file away to begin a new one")
  }

  /// Many prints into one result: what waits and what is shown is bounded. A million took 7 896 KiB more than before the first.
  @Test func manyPrintsAreConstantInMemory() async throws {
    let results = try ResultHarness()
    let run = results.began("r")
    let content = JSONValue.object(["name": "stdout", "text": "0123456789012345678901234567890123456789\n"]).bytes()
    results.print(run, "begin\n")
    _ = try await results.outputs("r")
    let before = Self.residentKilobytes()
    var most = 0
    for number in 0..<200_000 {
      results.service.happened(RunEvent(sequence: number, time: 0, type: "stream", content: content), in: run)
      if number % 5_000 == 0 { most = max(most, Self.residentKilobytes(), results.service.backlog.memory >> 10) }
    }
    results.ended(run)
    let seen = try #require(try await results.outputs("r").first)
    most = max(most, Self.residentKilobytes())
    #expect(seen["lines"] == 200_001)
    #expect(seen["bytes"] == .integer(8_200_006))
    #expect(most - before < 120_000)
  }

  private static func residentKilobytes() -> Int {
    let status = (try? String(contentsOfFile: "/proc/self/status", encoding: .utf8)) ?? ""
    let line = status.split(separator: "\n").first { $0.hasPrefix("VmRSS:") }
    return line.flatMap { Int($0.split { !$0.isNumber }.first ?? "") } ?? 0
  }
}
