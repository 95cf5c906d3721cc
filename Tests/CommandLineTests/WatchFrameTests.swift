// SPDX-License-Identifier: Apache-2.0
import JSON
import Testing

@testable import jackfield

@Suite struct WatchFrameTests {
  @Test(
    arguments: [
      ([], 8, ""), ([1], 8, "▄"), ([1, 1, 1], 8, "▄▄▄"), ([0, 1, 2, 3, 4, 5, 6, 7], 8, "▁▂▃▄▅▆▇█"), ([0, 1, 2, 3, 4, 5, 6, 7], 2, "▁█"),
      ([1, nil, 2], 8, "▁ █"), ([nil, nil], 8, ""), ([.nan, 1, .infinity, 2], 8, " ▁ █"),
      ([-1.7e308, 1.7e308], 8, "▁█"), ([3, 2, 1], 8, "█▅▁"), ([1], 0, ""),
    ] as [([Double?], Int, String)])
  func numbersBecomeBlocks(values: [Double?], width: Int, text: String) {
    #expect(Sparkline.text(values, width: width) == text)
  }

  private static func watch(_ expression: String, _ value: JSONValue) -> JSONValue {
    ["id": .string(expression), "expression": .string(expression), "value": value, "pending": value == .null ? true : false]
  }

  @Test func frameShowsValuesAndHowTheyWent() {
    let frame = WatchFrame(
      watches: [
        Self.watch("loss", ["status": "ok", "text": "0.25", "number": 0.25]),
        Self.watch("x\u{1B}[2J", ["status": "error", "text": "NameError: x"]),
        Self.watch("df", ["status": "ok", "text": "a\nb"]), Self.watch("slow", ["status": "late"]),
        Self.watch("gone", ["status": "absent"]),
        Self.watch("new", .null),
      ], history: ["loss": [1, 0.5, 0.25]])
    #expect(
      frame.lines(width: nil) == [
        "EXPRESSION  HISTORY  VALUE", "loss        █▃▁      0.25", "x?[2J                ! NameError: x", "df                   a ⏎ b",
        "slow                 ! no answer in time", "gone                 – no kernel", "new                  …",
      ])
    #expect(
      frame.lines(width: 30, height: 4, file: "a.py") == ["a.py: r looks again, q ends", "", "EXPRESSION  HISTORY  VALUE", "… and 6 more"])
  }

  @Test func nothingWatchedSaysHow() {
    #expect(WatchFrame(watches: []).lines(width: nil) == ["nothing is watched; add an expression: jackfield watch FILE EXPR"])
  }
}
