// SPDX-License-Identifier: Apache-2.0
import Testing

@testable import jackfield

@Suite struct ReplInputTests {
  private func input(_ lines: [String]) -> ReplInput {
    var input = ReplInput()
    for line in lines { input.add(line) }
    return input
  }

  @Test(
    arguments: [
      (["os.path?"], "os.path", 0), (["f??"], "f", 1), ([" f? "], "f", 0), (["größe?"], "größe", 0),
      (["f???"], nil, 0), (["?"], nil, 0), (["!ls ?"], nil, 0), (["f(1)?"], nil, 0), (["f"], nil, 0), (["if x:", "f?"], nil, 0),
      ([], nil, 0),
    ] as [([String], String?, Int)])
  func questionIsANameWithItsMarks(lines: [String], name: String?, level: Int) {
    let question = input(lines).question
    #expect(question?.name == name)
    if name != nil { #expect(question?.level == level) }
  }

  @Test(
    arguments: [
      ([], "os.pa", 5, "os.pa", 5), (["if x:"], "  os.pa", 7, "if x:\n  os.pa", 13), (["ü = '🐍'"], "ü", 1, "ü = '🐍'\nü", 9),
    ] as [([String], String, Int, String, Int)])
  func completionSeesTheLinesBefore(lines: [String], line: String, cursor: Int, code: String, place: Int) {
    let found = input(lines).completion(of: line, cursor: cursor)
    #expect(found.code == code && found.cursor == place)
  }
}
