// SPDX-License-Identifier: Apache-2.0
import JSON
import Testing

@testable import jackfield

@Suite struct CheckReportTests {
  private static let step = CheckStep(words: "command x.go junk", title: "x.go: junk", command: "x.go")

  private func verdict(
    _ way: StepEnd.Way, last: String = "invoke call 3 x.go {}", hadLeft: Bool = false, kept: Bool = false, errors: String = ""
  )
    -> [CheckFinding]
  {
    let end = StepEnd(
      way: way, findings: [], last: last, hadLeft: hadLeft, touchedKeptMemory: kept, busySeconds: 0, output: "", errors: errors,
      leftProcesses: false)
    return StepVerdict(step: Self.step, end: end, seed: 7, limitSeconds: 2).findings
  }

  @Test func crashNamesTheFunctionAndTheSeed() {
    #expect(
      verdict(.died(signal: 11), errors: "Fatal error: no\nmore").map(\.sentence) == [
        "fault: a plugin does not crash: it died of SIGSEGV in invoke call 3 x.go {}, and said 'Fatal error: no'; build it with "
          + "-fsanitize=address or look with a debugger; 'plugins check --seed 7' does exactly the same again"
      ])
  }

  @Test func crashBetweenFunctionsSaysAfter() {
    #expect(verdict(.died(signal: 6), hadLeft: true)[0].seen == "it died of SIGABRT after invoke call 3 x.go {}")
    #expect(verdict(.died(signal: 6), last: "")[0].seen == "it died of SIGABRT before the plugin was loaded")
  }

  @Test func crashOnLentMemoryIsARuleOfItsOwn() {
    #expect(verdict(.died(signal: 11), kept: true).map(\.rule) == ["borrowed memory is not touched after the call"])
  }

  @Test func slowStepIsAdviceWhenTheHostWasNotInside() {
    #expect(verdict(.overdue).map(\.severity) == [.fault])
    #expect(verdict(.overdue, hadLeft: true).map(\.severity) == [.advice])
  }

  @Test func orderlyEndIsNoFinding() {
    #expect(verdict(.done) == [] && verdict(.interrupted) == [])
  }

  @Test func reportIsPutTogetherFromPieces() {
    var report = StepReport()
    let text = Array(#"{"at":"create"}\n{"rule":"r","seen":"s","fix":"f","severity":"advice"}\n{"left":true}\n{"done":true}\n"#.utf8)
    let lines = String(decoding: text, as: UTF8.self).replacing("\\n", with: "\n")
    for byte in Array(lines.utf8) { report.take([byte]) }
    #expect(report.last == "create" && report.hadLeft && report.isDone && !report.touchedKeptMemory)
    #expect(report.findings(step: "load") == [CheckFinding(rule: "r", seen: "s", fix: "f", severity: .advice, step: "load")])
  }

  /// A plugin can write to every descriptor of its process.
  @Test(arguments: ["", "\n\n\n", "{", "[1]\nnull\n\"x\"\n", "\u{0}\u{1}\n", "{\"at\":7}\n{\"rule\":null}\n"])
  func junkInAReportIsSurvived(text: String) {
    var report = StepReport()
    report.take(Array(text.utf8)[...])
    report.take([0xFF, 0xFE, 0x0A])
    #expect(report.findings(step: "load") == [] && !report.isDone)
  }
}
