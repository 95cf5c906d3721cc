// SPDX-License-Identifier: Apache-2.0

import Foundation
import JSON
import PluginSDK
import Testing

@testable import Kernel

@Suite struct ResultExportTests {
  private static let text = "import sys\n\nx = 1\nprint(x)\n\ny = 2\n"

  /// What a kernel can send, and more: all of it must come out as what other tools take.
  private func prepared() throws -> ResultHarness {
    let results = try ResultHarness()
    let run = results.began("run/1 é", lines: 3...4, source: "x = 1\nprint(x)")
    results.happened(run, "execute_input", ["execution_count": 7])
    results.print(run, "\u{1B}[31mred\u{1B}[0m\n``` four ````\n")
    results.print(run, "careful\u{2028}import os\r\n", to: "stderr")
    results.happened(
      run, "display_data",
      [
        "data": [
          "image/png": "iVBORw0KGgo=", "text/plain": "<Figure>", "application/vnd.odd+json": ["a": 1], "application/x": ["not": "text"],
          "text/html": ["<b>", "</b>"],
        ], "metadata": ["image/png": ["width": 1]], "transient": ["display_id": "d"],
      ])
    results.happened(run, "execute_result", ["data": ["text/plain": "1"], "metadata": [:], "execution_count": 7])
    results.happened(run, "error", ["ename": "E", "evalue": "v", "traceback": ["a", 5]])
    results.service.happened(RunEvent(sequence: 9, time: 0, type: "display_data", content: Array("{\"data\": NaN}".utf8)), in: run)
    results.ended(run, .error)
    results.run("plain", lines: 6...6, source: "y = 2", printing: "two\n")
    return results
  }

  private func export(_ results: ResultHarness, _ request: ResultExport.Request) async throws -> JSONValue {
    try await results.service.perform { keeper in try keeper.read { try ResultExport(tables: $0.tables).run(request) } }
  }

  private static let python = "\(FileManager.default.currentDirectoryPath)/build/venv/bin/python"

  @Test(.enabled(if: FileManager.default.fileExists(atPath: python), "build/venv is made by make setup"))
  func notebooksAreValidByNbformat() async throws {
    let results = try prepared()
    let path = results.directory + "/out.ipynb"
    let answer = try await export(results, .init(document: "/a.py", format: .ipynb, path: path, text: Self.text))
    #expect(answer["results"] == 2)
    let script = """
      import nbformat, sys
      nb = nbformat.read(sys.argv[1], 4)
      nbformat.validate(nb, relax_add_props=False)
      assert nb.nbformat_minor == 5 and len({c.id for c in nb.cells}) == len(nb.cells) == 3, nb.cells
      c = nb.cells[1]
      assert c.execution_count == 7 or c.execution_count == 3, c.execution_count
      print([o.output_type for o in c.outputs])
      print(c.source)
      print(c.outputs[2].data['application/x'], c.outputs[2].data['text/html'])
      """
    let output = try await run(Self.python, ["-c", script, path])
    #expect(
      output == """
        ['stream', 'stream', 'display_data', 'execute_result', 'error', 'stream']
        x = 1
        print(x)
        {"not":"text"} <b></b>

        """)
  }

  @Test func scriptsAreTheDocumentWithComments() async throws {
    let results = try prepared()
    let script = try #require(try await export(results, .init(document: "/a.py", format: .script, text: Self.text))["text"]?.stringValue)
    #expect(
      script == """
        import sys

        x = 1
        print(x)
        #> red
        #> ``` four ````
        #> careful
        #> import os
        #> <Figure>
        #> 1
        #> a
        #> 5
        #> {"data": NaN}

        y = 2
        #> two

        """)
    let code = script.split(separator: "\n", omittingEmptySubsequences: false).filter { !$0.hasPrefix("#> ") }.joined(separator: "\n")
    #expect(code == Self.text)
  }

  @Test func markdownFencesWhatItQuotes() async throws {
    let results = try prepared()
    let path = results.directory + "/out.md"
    let answer = try await export(results, .init(document: "/a.py", format: .markdown, path: path, text: Self.text))
    #expect(answer["images"] == 1)
    let text = try String(contentsOfFile: path, encoding: .utf8)
    #expect(text.contains("`````text\nred\n``` four ````\n`````\n"))
    #expect(text.contains("![output](<out_files/output-1.png>)"))
    #expect(
      try DiskFiles.read(results.directory + "/out_files/output-1.png", atMost: 100) == [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A])
    let inline = try await export(results, .init(document: "/a.py", format: .markdown, text: Self.text, images: .inline))
    #expect(inline["text"]?.stringValue?.contains("![output](data:image/png;base64,iVBORw0KGgo=)") == true)
    #expect(DiskFiles.names(in: results.directory).allSatisfy { !$0.hasSuffix(".part") })
  }

  @Test func pathsMustBeAbsolute() async throws {
    let results = try prepared()
    let error = await #expect(throws: PluginFailure.self) {
      try await export(results, .init(document: "/a.py", format: .script, path: "x.py"))
    }
    #expect(error?.message == "cannot write 'x.py': the path must be absolute")
  }

  /// Runs a program to its end, on a thread of its own, and gives what it printed.
  private func run(_ path: String, _ arguments: [String]) async throws -> String {
    try await withCheckedThrowingContinuation { waiter in
      let thread = OwnedThread.start(name: "t-nbformat") { waiter.resume(with: Result { try Self.runBlocking(path, arguments) }) }
      thread?.detach()
    }
  }

  private static func runBlocking(_ path: String, _ arguments: [String]) throws -> String {
    let process = Process()
    process.executableURL = URL(filePath: path)
    process.arguments = arguments
    let pipe = Pipe()
    process.standardOutput = pipe
    process.standardError = pipe
    try process.run()
    let text = pipe.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    return String(decoding: text, as: UTF8.self)
  }
}
