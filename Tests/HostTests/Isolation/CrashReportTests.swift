// SPDX-License-Identifier: Apache-2.0
import Foundation
import JSON
import Testing

@testable import Host

@Suite struct CrashReportTests {
  private static let backtrace = Backtrace(
    fault: "Bad pointer dereference at 0x0", thread: "jf-thumb",
    frames: [Backtrace.Frame(function: "reads_null", library: "libthumb.so", file: "/src/thumb.c", line: 17)]
      + (1..<20).map { Backtrace.Frame(function: "caller \($0)", library: "libthumb.so") })

  private static func report(
    _ id: String = "thumb", time: Double = 1_800_000_000.25, pid: Int32 = 17, ending: CrashReport.Ending = .signalled(SIGSEGV),
    calls: [String] = ["thumb.make"], said: String = "one\ntwo\n", backtrace: Backtrace? = backtrace, sample: [String] = []
  ) -> CrashReport {
    CrashReport(
      plugin: id, version: "1.2.3", time: time, pid: pid, ending: ending, calls: calls, standardError: Array(said.utf8),
      backtrace: backtrace, sample: sample)
  }

  @Test func textTellsAPersonWhatHappened() {
    let lines = Self.report().text.split(separator: "\n").map(String.init)
    #expect(
      lines[0]
        == "2027-01-15T08:00:00.250Z: process 17 of plugin 'thumb' 1.2.3 was ended by SIGSEGV (it touched memory that is not there), "
        + "while carrying out 'thumb.make'")
    #expect(lines[1] == "Bad pointer dereference at 0x0 in thread 'jf-thumb':")
    #expect(lines[2] == "  reads_null in libthumb.so at thumb.c:17")
    #expect(lines[3] == "  caller 1 in libthumb.so")
    #expect(Array(lines[14...]) == ["  … 8 more", "it said last:", "  one", "  two"])
  }

  @Test(arguments: [
    (CrashReport.Ending.exited(3), "ended by itself with status 3"),
    (.signalled(SIGABRT), "was ended by SIGABRT (it stopped itself)"),
    (.signalled(SIGHUP), "was ended by SIGHUP"),
    (.signalled(77), "was ended by signal 77"),
    (.unresponsive, "did not answer and was killed"),
    (.closedLine, "closed its line to the host"),
  ])
  func everyEndingHasItsWordsAndSurvivesTheFile(_ ending: CrashReport.Ending, _ words: String) throws {
    let report = Self.report(ending: ending, backtrace: nil)
    #expect(ending.description == words)
    #expect(report.headline.contains(words))
    #expect(CrashReport(report.json) == report)
  }

  @Test func everythingHasItsLimit() {
    let calls = (0..<50).map { "thumb.call\($0)" }
    let said = String(repeating: "é", count: 5_000) + "\u{1b}[2J\u{7}end"
    let report = Self.report(calls: calls, said: said, sample: Array(repeating: String(repeating: "y", count: 999), count: 999))
    #expect(report.calls == Array(calls.prefix(20)))
    #expect(report.standardError.utf8.count <= CrashReport.maximumErrorBytes)
    #expect(report.standardError.hasPrefix("éé"))
    #expect(report.standardError.hasSuffix("é[2Jend"))
    #expect(report.sample.count == StackSample.maximumLines)
    #expect(report.sample[0].count == 301)
    #expect(report.headline.hasSuffix("while carrying out 'thumb.call0', 'thumb.call1', 'thumb.call2' and 17 more"))
  }

  @Test func bytesThatAreNoTextAreShownAsFarAsTheyCanBe() {
    let report = CrashReport(plugin: "a", version: "1", pid: 1, ending: .closedLine, standardError: [0xFF, 0x61, 0x00, 0x0A, 0xC3])
    #expect(report.standardError == "\u{FFFD}a\n\u{FFFD}")
  }

  @Test func sampleOfAStuckProcessIsPartOfIt() throws {
    let folder = try TemporaryFolder()
    let path = try folder.write("sample.txt", "#0 pause\n#1 invoke\n")
    let report = Self.report(ending: .unresponsive, backtrace: nil, sample: StackSample.lines(of: path))
    #expect(report.sample == ["#0 pause", "#1 invoke"])
    #expect(report.text.contains("it stood at:\n  #0 pause\n  #1 invoke"))
    #expect(report.json["sample"] == ["#0 pause", "#1 invoke"])
    #expect(StackSample.lines(of: folder.path + "/none") == [])
  }

  @Test func newestTenAreKeptForEachPlugin() throws {
    let folder = try TemporaryFolder()
    let reports = CrashReports(folder.path + "/crashes")
    #expect(reports.latest(of: "thumb") == nil)
    for second in 0..<13 { try reports.write(Self.report(time: 1_800_000_000 + Double(second), pid: Int32(second))) }
    let path = try reports.write(Self.report("other"))
    #expect(path == folder.path + "/crashes/other/2027-01-15T08:00:00.250Z-17.json")
    #expect(reports.list(of: "thumb").map(\.pid) == (3..<13).reversed())
    #expect(reports.latest(of: "thumb") == Self.report(time: 1_800_000_012, pid: 12))
    #expect(reports.list(of: "other").count == 1)
  }

  @Test func damagedReportsArePassedOver() throws {
    let folder = try TemporaryFolder()
    let reports = CrashReports(folder.path)
    try reports.write(Self.report())
    for (name, text) in [("2030-1.json", "{"), ("2031-1.json", "{}"), ("2032-1.json", #"{"schema": 1, "plugin": 7}"#)] {
      try folder.write("thumb/" + name, text)
    }
    let endless = Self.report(time: 0).json.serialized().replacingOccurrences(of: #""unixTime":0.0"#, with: #""unixTime":1e300"#)
    #expect(endless.contains("1e300"))
    try folder.write("thumb/2033-1.json", endless)
    #expect(reports.list(of: "thumb") == [Self.report()])
  }

  @Test(arguments: ["../thumb", "", ".runtime", "a/b", "/etc"]) func strangeNamesLeadNowhere(_ id: String) throws {
    let folder = try TemporaryFolder()
    let reports = CrashReports(folder.path + "/crashes")
    #expect(throws: FileError.self) { try reports.write(Self.report(id)) }
    #expect(reports.list(of: id) == [])
    #expect(try Folder.names(in: folder.path) == [])
  }

  @Test(.enabled(if: CrashingProgram.hasTool, RuntimeBacktraceTests.withoutTool)) func realCrashBecomesAReport() throws {
    let folder = try TemporaryFolder()
    let reports = CrashReports(folder.path + "/crashes")
    let runtime = try reports.makeRuntimeFolder()
    let end = try CrashingProgram.run("null", backtraces: runtime)
    let report = CrashReport(
      plugin: "thumb", version: "1.0.0", pid: end.pid, ending: .signalled(end.signal),
      backtrace: RuntimeBacktrace.take(from: runtime, of: end.pid))
    try reports.write(report)
    let read = try #require(reports.latest(of: "thumb"))
    #expect(read.backtrace == report.backtrace)
    #expect(read.text.contains("reads_null in crash at crash.c:8"))
  }
}
