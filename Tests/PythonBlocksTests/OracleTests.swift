// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

@testable import PythonBlocks

/// Forty files of the standard library, by CPython itself; Tools/test-blocks compares all of them.
@Suite struct OracleTests {
  private static let names = [
    "abc", "tokenize", "bisect", "asyncio/streams", "asyncio/tasks", "bdb", "calendar", "collections/__init__", "configparser",
    "contextlib",
    "copy", "csv", "ctypes/util", "dataclasses", "weakref", "decimal", "string", "dis", "email/message", "queue", "functools", "heapq",
    "http/server", "importlib/_bootstrap", "graphlib", "json/decoder", "logging/config", "multiprocessing/pool", "pathlib", "pdb",
    "platform",
    "types", "random", "re/_parser", "shutil", "this", "statistics", "textwrap", "unittest/case", "selectors",
  ]

  @Test func everyLineIsAsPythonSees() throws {
    let package = String(#filePath.dropLast("/Tests/PythonBlocksTests/OracleTests.swift".count))
    let code = """
      import sys, sysconfig, pathlib, runpy
      folder = pathlib.Path(sysconfig.get_path("stdlib"))
      oracle, names = sys.argv[1], sys.argv[2:]
      sys.argv = [oracle] + [str(path) for name in names if (path := folder / (name + ".py")).exists()]
      runpy.run_path(oracle, run_name="__main__")
      """
    let answer = try Self.output(
      "\(package)/build/venv/bin/python", ["-c", code, "\(package)/Tests/Fixtures/PythonBlocks/oracle.py"] + Self.names)
    var lines = answer.split(separator: "\n")[...]
    var (files, compared) = (0, 0)
    while let header = lines.popFirst() {
      let path = String(header[..<(try #require(header.lastIndex(of: " ")))])
      let count = try #require(Int(header.dropFirst(path.utf8.count + 1)))
      let document = PythonDocument(utf8: [UInt8](try Data(contentsOf: URL(filePath: path))))
      #expect(document.lineCount == count, "\(path)")
      for line in 0..<count {
        let block = document.block(atLine: line)
        let next = lines.popFirst()
        let expected = try #require(next)
        if expected != "\(block.lines.lowerBound) \(block.lines.upperBound)" || block.failure != nil {
          Issue.record("\(path):\(line + 1): Python says \(expected), we say \(block)")
        }
      }
      (files, compared) = (files + 1, compared + count)
    }
    #expect(files >= 38)
    #expect(compared > 25_000)
  }

  private static func output(_ program: String, _ arguments: [String]) throws -> String {
    let (process, pipe) = (Process(), Pipe())
    process.executableURL = URL(filePath: program)
    process.arguments = arguments
    process.standardOutput = pipe
    try process.run()
    let data = try pipe.fileHandleForReading.readToEnd() ?? Data()
    process.waitUntilExit()
    #expect(process.terminationStatus == 0)
    return String(decoding: data, as: UTF8.self)
  }
}
