// SPDX-License-Identifier: Apache-2.0
import JSON
import Testing

@testable import jackfield

@Suite struct ExecOrderTests {
  private func input(_ words: [String]) throws -> JSONValue {
    var input = try ExecOrder(WordParser(subcommand: .exec).parse(words)) { "typed" }.input
    #expect(input["client"] != nil)
    if input["client"] == "cli" { input["client"] = nil }
    return input
  }

  @Test(
    arguments: [
      (["/w/a.py"], ["document": "/w/a.py", "mode": "all"]),
      (["/w/a.py", "--all"], ["document": "/w/a.py", "mode": "all"]),
      (["/w/a.py:7"], ["document": "/w/a.py", "mode": "statement", "line": 7]),
      (["/w/../x/./a.py:7"], ["document": "/x/a.py", "mode": "statement", "line": 7]),
      (["/w/a.py:7", "--cell"], ["document": "/w/a.py", "mode": "cell", "line": 7]),
      (["/w/a.py:7", "--top"], ["document": "/w/a.py", "mode": "top", "line": 7]),
      (["/w/a.py:7", "--above"], ["document": "/w/a.py", "mode": "above", "line": 7]),
      (["/w/a.py:7", "--below"], ["document": "/w/a.py", "mode": "below", "line": 7]),
      (["/w/a.py", "--selection", "3-8"], ["document": "/w/a.py", "mode": "lines", "first_line": 3, "last_line": 8]),
      (["/w/a.py", "--selection", "3"], ["document": "/w/a.py", "mode": "lines", "first_line": 3, "last_line": 3]),
      (["--code", "1+1"], ["code": "1+1"]),
      (["--code=-1", "/w/a.py"], ["code": "-1", "document": "/w/a.py"]),
      (["--code", "-"], ["code": "typed"]),
      (["--code", "x", "--kernel", "3f"], ["code": "x", "kernel": "3f"]),
      (
        ["/w/a.py", "--spec", "python3", "--python", "/opt/venv", "--install", "--overlay"],
        [
          "document": "/w/a.py", "mode": "all", "spec": "python3", "interpreter": "/opt/venv", "install": true, "overlay": true,
        ]
      ),
      (
        ["/w/a.py", "--no-wait", "--keep-going", "--client", "ci"],
        ["document": "/w/a.py", "mode": "all", "wait": false, "stop_on_error": false, "client": "ci"]
      ),
    ] as [([String], JSONValue)])
  func wordsBecomeAnOrder(words: [String], order: JSONValue) throws {
    #expect(try input(words) == order)
  }

  @Test(
    arguments: [
      ([], "'exec' wants a file, or '--code TEXT'"),
      ([""], "'exec' wants the name of a file"),
      (["a.py", "b.py"], "'jackfield exec' wants FILE[:LINE] | --code TEXT; 2 given"),
      (["a.py", "--cell"], "'--cell' wants a line: FILE:LINE"),
      (["a.py", "--above"], "'--above' wants a line: FILE:LINE"),
      (["a.py:0"], "lines are counted from 1"),
      (["a.py:7", "--cell", "--top"], "'--cell' and '--top' do not go together; give one of them"),
      (["a.py:7", "--all"], "'--all' needs no line; leave ':7' away"),
      (["a.py:7", "--selection", "1-2"], "'--selection' says the lines itself; leave ':7' away"),
      (["a.py", "--selection", "8-3"], "'--selection' wants two lines from 1 on, such as 3-8, not '8-3'"),
      (["a.py", "--selection", "0-3"], "'--selection' wants two lines from 1 on, such as 3-8, not '0-3'"),
      (["a.py", "--selection", "1-2-3"], "'--selection' wants two lines from 1 on, such as 3-8, not '1-2-3'"),
      (["a.py", "--selection", "all"], "'--selection' wants two lines from 1 on, such as 3-8, not 'all'"),
      (["a.py:7", "--code", "x"], "'--code' runs what it says, and no lines of a file; leave 'LINE' away"),
      (["--code", "x", "--cell"], "'--code' runs what it says, and no lines of a file; leave '--cell' away"),
    ] as [([String], String)])
  func wrongWordsAreExplained(words: [String], message: String) {
    let error = #expect(throws: UsageError.self) { try input(words) }
    #expect(error?.description == message)
  }

  @Test(
    arguments: [
      ("a.py", [], "a.py", nil), ("a.py:7", [], "a.py", 7), ("a.py:7", ["a.py:7"], "a.py:7", nil), ("a.py:", [], "a.py:", nil),
      (":7", [], ":7", nil), ("a.py:x", [], "a.py:x", nil), ("a.py:99999999999999999999", [], "a.py:99999999999999999999", nil),
      ("C:a.py:7", [], "C:a.py", 7), ("a.py:٣", [], "a.py:٣", nil),
    ] as [(String, [String], String, Int?)])
  func lineIsSplitFromItsFile(argument: String, there: [String], file: String, line: Int?) {
    let target = KernelTarget.split(argument) { there.contains($0) }
    #expect(target.file == file && target.line == line)
  }

  @Test(arguments: [
    ("a.py", "/w/a.py"), ("../a.py", "/a.py"), ("../../../a", "/a"), ("./b//c/", "/w/b/c"), ("/x/y", "/x/y"), ("ü", "/w/ü"),
  ])
  func filesAreAbsolute(path: String, absolute: String) {
    #expect(KernelTarget.absolute(path, from: "/w") == absolute)
  }

  @Test func imageIsOneOfItsWays() {
    let error = #expect(throws: UsageError.self) { try ImageWay(option: "gif") }
    #expect(error?.description == "'--image' cannot be 'gif'; it is one of auto, kitty, sixel, path")
  }
}
