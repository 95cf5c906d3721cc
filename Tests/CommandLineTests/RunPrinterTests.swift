// SPDX-License-Identifier: Apache-2.0
import JSON
import Testing

@testable import jackfield

@Suite struct RunPrinterTests {
  /// What was written, "1:" before what went to standard output and "2:" before the other; neighbours are one.
  private func shown(
    _ events: [JSONValue], terminals: Set<RunScreen.Stream> = [], typed: Bool = false, mark: String? = nil,
    image: ShownImage = .file("/tmp/i/1.png")
  ) -> [String] {
    var written: [String] = []
    var last: RunScreen.Stream?
    let screen = RunScreen(terminals: terminals) { stream, text in
      if stream == last, !written.isEmpty {
        written[written.count - 1] += text
      } else {
        written.append("\(stream.rawValue):\(text)")
      }
      last = stream
    }
    var printer = RunPrinter(screen: screen, inputIsTerminal: typed, mark: { number in mark.map { "\($0)[\(number)]: " } ?? "" }) { _ in
      image
    }
    for event in events { printer.show(event) }
    printer.end()
    return written
  }

  private static func event(_ type: String, _ content: JSONValue) -> JSONValue { ["run": "r", "type": .string(type), "content": content] }
  private static func stream(_ text: String, _ name: String = "stdout") -> JSONValue {
    event("stream", ["name": .string(name), "text": .string(text)])
  }
  private static func value(_ data: JSONValue) -> JSONValue {
    event("execute_result", ["execution_count": 3, "data": data, "metadata": [:]])
  }
  private static func display(_ data: JSONValue) -> JSONValue { event("display_data", ["data": data, "metadata": [:], "transient": [:]]) }
  private static let png: JSONValue = ["image/png": "iVBORw0KGgo=", "text/plain": "<Figure size 640x480 with 1 Axes>"]
  private static let failure: JSONValue = event(
    "error", ["ename": "ValueError", "evalue": "no", "traceback": ["\u{1B}[31m---\u{1B}[0m", "ValueError: no"]])

  @Test(
    arguments: [
      ([], []),
      ([stream("a"), stream("b\n")], ["1:ab\n"]),
      ([stream("a\n"), stream("warn\n", "stderr"), stream("b\n")], ["1:a\n", "2:warn\n", "1:b\n"]),
      // In a pipe nothing is added to what the code printed; a value is a line of its own.
      ([stream("a")], ["1:a"]),
      ([value(["text/plain": "42"])], ["1:42\n"]),
      ([stream("a"), value(["text/plain": "42"])], ["1:a\n42\n"]),
      ([value(["text/plain": "42", "text/html": "<b>42</b>"])], ["1:42\n"]),
      ([display(["text/plain": "<IPython.core.display.Markdown object>", "text/markdown": "# hi"])], ["1:# hi\n"]),
      ([display(["text/latex": "$x$"])], ["1:$x$\n"]),
      ([display(["application/json": ["a": 1]])], ["1:{\n  \"a\": 1\n}\n"]),
      (
        [display(["text/plain": "<IPython.core.display.HTML object>", "text/html": "<b>x</b>"])],
        ["2:jackfield: an output of text/html, text/plain is not shown here; an editor shows it\n"]
      ),
      ([display([:])], []),
      ([display(png)], ["1:/tmp/i/1.png  <Figure size 640x480 with 1 Axes>\n"]),
      ([value(png)], ["1:/tmp/i/1.png  <Figure size 640x480 with 1 Axes>\n"]),
      ([failure], ["2:---\nValueError: no\n"]),
      ([event("error", ["ename": "E", "evalue": "\u{1B}[2Jv"])], ["2:E: v\n"]),
      ([event("clear_output", ["wait": false]), stream("a")], ["1:a"]),
      ([event("input_request", ["prompt": "name: ", "password": false])], ["1:name: "]),
      ([event("truncated", ["note": "output was left out\u{1B}[2J"])], ["2:jackfield: output was left out?[2J\n"]),
      (
        [event("display_data", ["omitted_bytes": 9, "note": "9 bytes are too much"])],
        ["2:jackfield: 9 bytes are too much\n"]
      ),
      ([event("ended", ["status": "ok"]), event("ended", ["status": "aborted", "reason": "x"])], []),
      ([event("ended", ["status": "lost", "reason": "it was killed"])], ["2:jackfield: the run was lost: it was killed\n"]),
      ([event("ended", ["status": "lost"])], ["2:jackfield: the run was lost\n"]),
      // Odd ones are survived.
      (
        [.null, [], 7, [:], event("stream", .null), event("execute_result", []), event("error", .null), event("nonsense", [:])],
        ["2:error: \n"]
      ),
    ] as [([JSONValue], [String])])
  func eventsBecomeBytesInAPipe(events: [JSONValue], written: [String]) {
    #expect(shown(events) == written)
  }

  @Test(
    arguments: [
      // A line half written is ended for the shell's prompt.
      ([stream("a")], ["1:a\n"]),
      ([stream("a\n")], ["1:a\n"]),
      ([stream("50%\r"), stream("100%\r")], ["1:50%\r100%\r"]),
      // Both go to the same terminal: an error begins a line of its own, and nothing is coloured behind it.
      ([stream("a"), failure], ["1:a", "2:\n\u{1B}[31m---\u{1B}[0m\nValueError: no\n"]),
      ([stream("\u{1B}[31ma\n"), stream("b\n", "stderr")], ["1:\u{1B}[31ma\n\u{1B}[0m", "2:b\n"]),
      ([stream("\u{1B}[8mhidden")], ["1:\u{1B}[8mhidden\u{1B}[0m\n"]),
      ([event("clear_output", ["wait": false]), stream("a\n")], ["1:\r\u{1B}[2Ka\n"]),
      ([stream("a\n"), event("clear_output", ["wait": true])], ["1:a\n"]),
      ([event("clear_output", ["wait": true]), stream("a\n")], ["1:\r\u{1B}[2Ka\n"]),
    ] as [([JSONValue], [String])])
  func eventsBecomeBytesOnATerminal(events: [JSONValue], written: [String]) {
    #expect(shown(events, terminals: [.output, .error]) == written)
  }

  @Test func typedLineIsEndedByItsPerson() {
    let events = [Self.event("input_request", ["prompt": "name: "]), Self.stream("hello\n")]
    #expect(shown(events, terminals: [.output, .error], typed: true) == ["1:name: hello\n"])
    #expect(shown([events[0], Self.value(["text/plain": "1"])], terminals: [.output, .error], typed: true) == ["1:name: 1\n"])
  }

  @Test(arguments: [("1", "1:Out[3]: 1\n"), ("a\nb", "1:Out[3]: \na\nb\n")]) func valuesAreMarkedInASession(text: String, written: String) {
    #expect(shown([Self.value(["text/plain": .string(text)])], mark: "Out") == [written])
  }

  @Test(arguments: [
    (ShownImage.drawn("\u{1B}_G…\u{1B}\\\n"), ["1:\u{1B}_G…\u{1B}\\\n"]),
    (.failed("cannot write the image"), ["2:jackfield: cannot write the image\n", "1:<Figure size 640x480 with 1 Axes>\n"]),
    (.file("/tmp/\u{1B}[2J/1.png"), ["1:/tmp/?[2J/1.png  <Figure size 640x480 with 1 Axes>\n"]),
  ])
  func imagesAreDrawnOrNamed(image: ShownImage, written: [String]) {
    #expect(shown([Self.display(Self.png)], image: image) == written)
  }

  @Test func colourIsForTheTerminalAlone() {
    #expect(shown([Self.failure], terminals: [.output]) == ["2:---\nValueError: no\n"])
    #expect(shown([Self.failure], terminals: [.error]) == ["2:\u{1B}[31m---\u{1B}[0m\nValueError: no\n"])
  }
}
