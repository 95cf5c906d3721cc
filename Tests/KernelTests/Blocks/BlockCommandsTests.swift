// SPDX-License-Identifier: Apache-2.0

import FoundationEssentials
import JSON
import PluginSDK
import PluginTestKit
import PythonBlocks
import Testing

@testable import Kernel

@Suite struct BlockCommandsTests {
  private func ask(_ command: String, _ input: JSONValue) async throws -> JSONValue {
    let host = try await TestHost(plugin: BlockPlugin.self)
    let answer = try await host.call(command, input.serialized())
    await host.close()
    if let failure = answer.failure { throw failure }
    return try JSONValue(parsing: Array(answer.text.utf8))
  }

  @Test func aBlockComesWithItsCodeAndWhereToGoOn() async throws {
    let answer = try await ask("code.block", ["text": "class A:\n  @p\n  def f(self):\n    pass\n\nb\n", "line": 3])
    #expect(
      answer == [
        "kind": "statement", "first_line": 2, "last_line": 4, "code": "@p\ndef f(self):\n  pass", "next_line": 6,
      ])
  }

  @Test func whatIsNotFinishedSaysSo() async throws {
    let answer = try await ask("code.block", ["text": "r = f(\n  1,\nx = 2\n", "line": 2])
    #expect(
      answer == [
        "kind": "incomplete", "first_line": 1, "last_line": 3, "code": "r = f(\n  1,\nx = 2", "reason": "'(' is never closed",
        "reason_line": 1,
      ])
  }

  @Test func modesAndPoliciesAreTaken() async throws {
    let text: JSONValue = "# %% one\ndef f():\n    a\n\nb\n"
    #expect(try await ask("code.block", ["text": text, "line": 3, "mode": "top"])["first_line"] == 2)
    #expect(try await ask("code.block", ["text": text, "line": 4, "blank": "next"])["first_line"] == 5)
    #expect(try await ask("code.block", ["text": text, "line": 4, "blank": "previous"])["first_line"] == 2)
    #expect(try await ask("code.block", ["text": text, "line": 3, "mode": "line"])["code"] == "a")
    let cell = try await ask("code.block", ["text": text, "line": 3, "mode": "cell"])
    #expect(cell["title"] == "one")
    #expect(cell["code"] == "def f():\n    a\n\nb")
    #expect(try await ask("code.block", ["text": text, "line": 3, "end_line": 5])["kind"] == "lines")
  }

  @Test func cellsAreListedWithTheirStatements() async throws {
    let answer = try await ask("code.cells", ["text": "# %% one [markdown]\n# text\n#%%\na\nb(\n1)\n"])
    #expect(
      answer == [
        "lines": 6,
        "cells": [
          ["first_line": 1, "last_line": 2, "content": "markdown", "has_marker": true, "statements": [], "title": "one"],
          [
            "first_line": 3, "last_line": 6, "content": "code", "has_marker": true,
            "statements": [
              ["kind": "statement", "first_line": 4, "last_line": 4], ["kind": "statement", "first_line": 5, "last_line": 6],
            ],
          ],
        ],
      ])
  }

  @Test func aRangeOfAFileIsSplit() async throws {
    let path = "/tmp/jackfield-blocks-\(UInt64.random(in: 0 ... .max)).py"
    try Data("if a:\n    b\n    c(\n      1)\nd\n".utf8).write(to: URL(filePath: path))
    let answer = try await ask("code.split", ["path": .string(path), "first_line": 2, "last_line": 4])
    let all = try await ask("code.split", ["path": .string(path)])
    try FileManager.default.removeItem(atPath: path)
    #expect(
      answer["statements"] == [
        ["kind": "statement", "first_line": 2, "last_line": 2, "code": "b"],
        ["kind": "statement", "first_line": 3, "last_line": 4, "code": "c(\n  1)"],
      ])
    #expect(all["statements"]?.arrayValue?.count == 2)
  }

  @Test(arguments: [
    ("code.block", #"{"line": 1}"#, "there is no text: give 'text', or the absolute 'path' of a file"),
    ("code.block", #"{"text": "a"}"#, "which line is meant? Give 'line', from 1 on"),
    ("code.block", #"{"text": "a", "line": 0}"#, "there is no line 0: 'line' counts from 1"),
    ("code.block", #"{"text": "a", "line": -9223372036854775808}"#, "there is no line -9223372036854775808: 'line' counts from 1"),
    ("code.block", #"{"text": "a", "line": 9223372036854775807}"#, "there is no line 9223372036854775807: 'line' counts from 1"),
    (
      "code.block", #"{"text": "a", "line": 3, "end_line": 2}"#,
      "cannot take the lines 3 to 2: 'end_line' is before the first; lines count from 1, and both are included"
    ),
    (
      "code.block", #"{"text": "a", "line": 1, "end_line": 2, "mode": "top"}"#,
      "cannot look for a block from line 1 to 2: several lines are taken as they are; leave 'mode' out, or 'end_line'"
    ),
    ("code.block", #"{"text": "a", "path": "/a", "line": 1}"#, "'text' and 'path' are both given: give the one that is meant"),
    ("code.cells", #"{"path": "a.py"}"#, "cannot read 'a.py': it is no absolute path; give one, or 'text'"),
    ("code.split", #"{"path": "/nowhere/a.py"}"#, "cannot read '/nowhere/a.py': No such file or directory"),
    ("code.split", #"{"path": "/dev/zero"}"#, "cannot read '/dev/zero': it is no file, or has more than 64 MiB"),
    ("code.split", #"{"text": "a", "first_line": 0}"#, "there is no line 0: 'first_line' counts from 1"),
  ])
  func badInputIsAnsweredWithASentence(_ command: String, _ input: String, _ sentence: String) async throws {
    let failure = await #expect(throws: PluginFailure.self) { _ = try await ask(command, JSONValue(parsing: Array(input.utf8))) }
    #expect(failure?.message == sentence)
  }

  @Test(arguments: ["", "\0", "\u{FEFF}", "\r", String(repeating: "(", count: 5_000)])
  func oddTextsAreAnswered(_ text: String) async throws {
    #expect(try await ask("code.block", ["text": .string(text), "line": 1])["first_line"] == 1)
    #expect(try await ask("code.cells", ["text": .string(text)])["cells"] != nil)
    #expect(try await ask("code.split", ["text": .string(text)])["statements"] != nil)
  }

  @Test func aDocumentThatChangesIsReadAgain() throws {
    let shelf = DocumentShelf()
    let path = "/tmp/jackfield-shelf-\(UInt64.random(in: 0 ... .max)).py"
    let request = try JSONDecoder().decode(BlockRequest.self, from: Data("{\"path\": \"\(path)\"}".utf8))
    for text in ["a\n", "a\nb\n", "a\nc\n"] {
      try Data(text.utf8).write(to: URL(filePath: path))
      #expect(try shelf.document(request).text == text)
      #expect(try shelf.document(request).text == text)
    }
    try FileManager.default.removeItem(atPath: path)
  }
}
