// SPDX-License-Identifier: Apache-2.0
import JSON
import Synchronization
import Testing

@testable import Host
import PluginBridge

@Suite struct LogSinkTests {
  private final class Kept: LogSink {
    let records = Mutex<[LogRecord]>([])
    func write(_ record: LogRecord) { records.withLock { $0.append(record) } }
  }

  private let record = LogRecord(
    time: 1_767_225_600.25, level: .warning, label: "control", message: "client refused", values: [("uid", "7"), ("why", "not ours")])

  @Test func textLineEndsInItsValues() {
    let line = TextLogSink.line(record, colour: false)
    #expect(line.hasSuffix(" warning control client refused uid=7 why=\"not ours\"\n"))
  }

  @Test func colourIsAddedOnlyOnRequest() {
    #expect(!TextLogSink.line(record, colour: false).contains("\u{1B}"))
    #expect(TextLogSink.line(record, colour: true).contains("\u{1B}[33mwarning"))
  }

  @Test func controlCharactersCannotForgeALineOrDriveTheTerminal() {
    let nasty = LogRecord(time: 0, level: .info, label: "x", message: "a\nb", values: [("k", "\u{1B}[2J\u{9B}")])
    let line = TextLogSink.line(nasty, colour: false)
    #expect(line.hasSuffix("a\\nb k=\"\\u{1b}[2J\\u{9b}\"\n"))
    #expect(line.filter { $0 == "\n" }.count == 1)
  }

  @Test func jsonLineIsOneObjectWithTheTimeInUTC() throws {
    let line = JSONLineLogSink.line(record)
    #expect(line.filter { $0 == UInt8(ascii: "\n") }.count == 1)
    let value = try JSONValue(parsing: Array(line.dropLast()))
    #expect(value["time"] == "2026-01-01T00:00:00.250Z")
    #expect(value["level"] == "warning")
    #expect(value["values"] == ["uid": "7", "why": "not ours"])
  }

  @Test func aKeyGivenTwiceKeepsItsLaterValue() throws {
    let line = JSONLineLogSink.line(LogRecord(time: 0, level: .info, label: "x", message: "m", values: [("k", "1"), ("k", "2")]))
    #expect(try JSONValue(parsing: Array(line.dropLast()))["values"] == ["k": "2"])
  }

  @Test func levelSinkLetsThroughWhatMattersEnough() {
    let kept = Kept()
    let sink = LevelSink(.warning, kept)
    let log = Logger(label: "x", sink: MultiSink([sink]))
    log.info("quiet")
    log.error("loud", ["a": "b"])
    sink.set(.debug)
    log.debug("now")
    #expect(kept.records.withLock { $0.map(\.message) } == ["loud", "now"])
  }

  @Test(arguments: [("debug", LogLevel.debug), ("info", .info), ("warning", .warning), ("error", .error)])
  func levelsHaveNames(name: String, level: LogLevel) {
    #expect(LogLevel(name: name) == level)
    #expect(level.name == name)
  }

  @Test func thereIsNoLevelOfAnotherName() { #expect(LogLevel(name: "loud") == nil) }
}
