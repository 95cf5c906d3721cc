// SPDX-License-Identifier: Apache-2.0
import FoundationEssentials
import Testing

@testable import jackfield

@Suite struct DurationTests {
  @Test(arguments: [
    ("500ms", 500), ("5s", 5_000), ("5", 5_000), ("2m", 120_000), ("1h", 3_600_000), ("0.5s", 500), ("1.5m", 90_000), ("0.1ms", 1),
    ("596h", 2_145_600_000),
  ])
  func timesAreMilliseconds(text: String, milliseconds: Int) throws { #expect(try Duration.parse(text) == milliseconds) }

  @Test(arguments: [
    ("", "'' is not a time; write 500ms, 5s, 2m or 1h"),
    ("ms", "'ms' is not a time; write 500ms, 5s, 2m or 1h"),
    ("soon", "'soon' is not a time; write 500ms, 5s, 2m or 1h"),
    ("5 s", "'5 s' is not a time; write 500ms, 5s, 2m or 1h"),
    ("1d", "'1d' is not a time; write 500ms, 5s, 2m or 1h"),
    ("nan", "'nan' is not a time; write 500ms, 5s, 2m or 1h"),
    ("0", "a time of '0' is over at once; give one above 0, such as 5s"),
    ("0ms", "a time of '0ms' is over at once; give one above 0, such as 5s"),
    ("-5s", "a time of '-5s' is over at once; give one above 0, such as 5s"),
    ("597h", "a time of '597h' is too long; at most 596h, or leave it away to wait for ever"),
    ("99999999999999999999999", "a time of '99999999999999999999999' is too long; at most 596h, or leave it away to wait for ever"),
    ("inf", "a time of 'inf' is too long; at most 596h, or leave it away to wait for ever"),
  ])
  func otherTextsAreRefused(text: String, message: String) {
    #expect(#expect(throws: UsageError.self) { try Duration.parse(text) }?.description == message)
  }
}

@Suite struct JSONArgumentTests {
  @Test func aTextIsItself() throws { #expect(try JSONArgument.read(#"{"a": 1}"#) == Array(#"{"a": 1}"#.utf8)) }

  @Test func aFileIsRead() throws {
    let path = temporaryDirectory() + "/input.json"
    try Data("[1, 2]".utf8).write(to: URL(filePath: path))
    #expect(try JSONArgument.read("@" + path) == Array("[1, 2]".utf8))
  }

  @Test(arguments: [
    ("@/nowhere/x.json", "cannot read '/nowhere/x.json': No such file or directory; name a file that exists and may be read"),
    ("@/", "cannot read '/': Is a directory; name a file that exists and may be read"), ("@", "'@' wants a file: @FILE"),
  ])
  func aMissingFileIsNamed(text: String, message: String) {
    let failure = #expect(throws: CommandFailure.self) { try JSONArgument.read(text) }
    #expect(failure?.description == message)
    #expect(failure?.status == 2)
  }
}
