// SPDX-License-Identifier: Apache-2.0
import JSON
import Testing

@testable import jackfield

@Suite struct TableTests {
  private let table = TextTable(
    titles: ["NAME", "COUNT", "NOTE"],
    rows: [["a", "5", "short"], ["longer", "12345678", "a longer note that will not fit the width of a line"]], numbers: [1])

  @Test func columnsAreAligned() {
    #expect(
      table.lines(width: nil) == [
        "NAME       COUNT  NOTE",
        "a              5  short",
        "longer  12345678  a longer note that will not fit the width of a line",
      ])
  }

  @Test func theLastColumnIsWrapped() {
    #expect(
      table.lines(width: 44) == [
        "NAME       COUNT  NOTE",
        "a              5  short",
        "longer  12345678  a longer note that will",
        "                  not fit the width of a",
        "                  line",
      ])
  }

  @Test func pathsStayWhole() {
    let path = "/" + String(repeating: "a", count: 60)
    #expect(TextTable(titles: ["A", "B"], rows: [["x", path]]).lines(width: 40) == ["A  B", "x  \(path)"])
  }

  @Test(arguments: [
    ("\u{1B}[31mred", "?[31mred"), ("two\nlines", "two?lines"), ("tab\tbell\u{7}", "tab?bell?"), ("csi\u{9B}31m", "csi?31m"),
    ("\u{7F}", "?"),
    ("\r\n", "??"), ("\u{202E}evil", "?evil"), ("\u{2028}", "?"), ("schön 値 👩‍👩‍👧", "schön 値 👩‍👩‍👧"), ("", ""),
  ])
  func controlCharactersAreNotObeyed(text: String, shown: String) {
    #expect(Terminal.plain(text) == shown)
    #expect(TextTable(titles: ["T"], rows: [[text]]).lines(width: nil) == ["T", shown])
  }

  @Test func jsonForATerminalIsTheSameJSON() throws {
    let value: JSONValue = ["a": "\u{9B}31m\u{1B}\u{202E}", "b": [1, "ä"]]
    for pretty in [true, false] {
      let text = Terminal.json(value, pretty: pretty)
      #expect(try JSONValue(parsing: text) == value)
      #expect(Terminal.plainLines(text) == text)
    }
  }

  @Test(arguments: [
    ("", 10, [""]), ("one two three", 7, ["one two", "three"]), ("  one  two", 20, ["  one  two"]),
    ("verylongword x", 4, ["verylongword", "x"]),
    ("first\n\nsecond line", 6, ["first", "", "second", "line"]),
  ])
  func textsAreBrokenAtSpaces(text: String, width: Int, lines: [String]) { #expect(TextLayout.wrap(text, width: width) == lines) }
}

@Suite struct StatusTests {
  @Test(arguments: [
    (0.4, "0 s"), (59, "59 s"), (61, "1 min 1 s"), (3_600, "1 h 0 min"), (90_000, "1 d 1 h"), (1e300, "11574074074 d 1 h"), (-5, "0 s"),
  ])
  func uptimeIsReadable(seconds: Double, text: String) {
    #expect(StatusCommand.uptime(["uptimeSeconds": .number(seconds)]) == text)
  }

  @Test func aStatusIsLaidOut() {
    let status: JSONValue = [
      "version": "1.2.3", "abi": "1.0", "state": "ready", "uptimeSeconds": 75, "pid": 42, "residentBytes": 23_649_280, "openCalls": 1,
      "directories": ["config": "/h"],
      "commands": [
        ["name": "runs.list", "calls": 12, "failures": 0, "p50Microseconds": 60, "p99Microseconds": 1_234.5, "maxMicroseconds": 20_000]
      ],
      "topics": [["name": "runs.changed", "published": 7], ["name": "store.committed", "published": 0]],
    ]
    #expect(
      StatusCommand.head(status) == [
        "jackfield 1.2.3 (plugin ABI 1.0), ready, up 1 min 15 s", "process 42, 23.6 MB resident, 1 open calls", "home /h",
      ])
    #expect(
      StatusCommand.commands(status).lines(width: 80) == [
        "COMMAND    CALLS  FAILED  P50 ms  P99 ms  MAX ms", "runs.list     12       0   0.060   1.235  20.000",
      ])
    #expect(StatusCommand.topics(status).lines(width: 80) == ["TOPIC         EVENTS", "runs.changed       7"])
  }

  @Test(
    arguments: [
      (nil, "-"), (.some(.null), "-"), ("", "-"), ("a\tb", "a?b"), (5, "5"), ([1], "[1]"),
    ] as [(JSONValue?, String)])
  func cellsShowAnyValue(value: JSONValue?, text: String) { #expect(StatusCommand.text(value) == text) }
}

@Suite struct DoctorTests {
  private func finding(_ level: Doctor.Level) -> Doctor.Finding { Doctor.Finding(level: level, subject: "x", message: "y") }

  @Test func theVerdictCounts() {
    #expect(DoctorCommand.verdict([finding(.ok)]) == "all is well")
    #expect(DoctorCommand.verdict([finding(.warning), finding(.ok)]) == "1 warning")
    #expect(DoctorCommand.verdict([finding(.problem)]) == "1 problem")
    #expect(DoctorCommand.verdict([finding(.problem), finding(.problem), finding(.warning)]) == "2 problems, 1 warning")
  }

  @Test(arguments: [(true, true, "warning"), (true, false, "warning"), (false, true, "ok"), (false, false, "warning")])
  func thePortIsJudgedWithThePlugin(isFree: Bool, isActive: Bool, level: String) {
    #expect(Doctor.port(47_621, isFree: isFree, trainerIsActive: isActive).level.rawValue == level)
  }

  @Test func aHomeWithoutAHostIsExamined() throws {
    let home = temporaryDirectory()
    let findings = Doctor(home: home).examine()
    #expect(findings.map(\.subject).prefix(6) == ["config", "data", "state", "runtime", "configuration", "host"])
    #expect(findings.first { $0.subject == "host" }?.level == .warning)
    let outcome = try Tool.jackfield("doctor", home: home)
    #expect(outcome.status == 0)
    #expect(outcome.output.contains("start one with 'jackfield serve --home \(home)'"))
  }
}
