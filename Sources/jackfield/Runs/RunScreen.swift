// SPDX-License-Identifier: Apache-2.0
import Glibc

/// Where the output of a run goes: standard output and standard error, each through its filter.
struct RunScreen {
  enum Stream: Int32, CaseIterable {
    case output = 1
    case error = 2
  }

  private var filters: [Stream: TerminalFilter]
  private let write: (Stream, String) -> Void
  /// Whether the next character begins a line; for both when both are the terminal.
  private var isAtLineStart: [Stream: Bool] = [.output: true, .error: true]
  private var last = Stream.output

  /// - Parameters:
  ///   - terminals: Which of the two are a terminal.
  ///   - write: Takes what is shown.
  init(
    terminals: Set<Stream> = standardTerminals, write: @escaping (Stream, String) -> Void = { Output.write($1, to: $0.rawValue) }
  ) {
    filters = Dictionary(uniqueKeysWithValues: Stream.allCases.map { ($0, TerminalFilter(isTerminal: terminals.contains($0))) })
    self.write = write
  }

  static var standardTerminals: Set<Stream> {
    Set((Terminal.outputIsTerminal ? [.output] : []) + (Terminal.errorIsTerminal ? [.error] : []))
  }

  func isTerminal(_ stream: Stream) -> Bool { filters[stream]?.isTerminal ?? false }

  /// Shows output of code.
  mutating func show(_ text: String, _ stream: Stream) {
    change(to: stream)
    let shown = filters[stream]?.pass(text) ?? ""
    guard !shown.isEmpty else { return }
    write(stream, shown)
    note(shown, stream)
  }

  /// Shows a text on lines of its own, such as a value.
  mutating func showLines(_ text: String, _ stream: Stream) {
    beginLine(stream)
    show(text, stream)
    endColours()
    beginLine(stream)
  }

  /// Shows words of ours: they hold nothing that is obeyed.
  mutating func tell(_ sentence: String) { showLines("jackfield: \(Terminal.plainLines(sentence))", .error) }

  /// Writes what is for the terminal itself, such as an image, as it is.
  mutating func draw(_ escape: String) {
    beginLine(.output)
    write(.output, escape)
  }

  /// Ends a line that is begun.
  mutating func beginLine(_ stream: Stream) {
    change(to: stream)
    if isAtLineStart[stream] == false { show("\n", stream) }
  }

  /// Wipes the line the terminal is at, as programs do that draw again and again.
  mutating func clearLine() {
    if isTerminal(.output) { write(.output, "\r\u{1B}[2K") }
  }

  /// A person ends the line that is begun: the terminal shows it, not we.
  mutating func lineIsTyped() {
    endColours()
    for stream in Stream.allCases { isAtLineStart[stream] = true }
  }

  /// A terminal has written something of its own, such as "^C".
  mutating func lineIsBegun() {
    for stream in Stream.allCases { isAtLineStart[stream] = !isTerminal(stream) }
  }

  /// Leaves nothing behind: no colours, and on a terminal no line half written.
  mutating func end() {
    endColours()
    for stream in Stream.allCases where isTerminal(stream) { beginLine(stream) }
    endColours()
  }

  private mutating func change(to stream: Stream) {
    guard stream != last else { return }
    endColours()
    last = stream
  }

  private mutating func endColours() {
    guard let reset = filters[last]?.reset(), !reset.isEmpty else { return }
    write(last, reset)
  }

  private mutating func note(_ shown: String, _ stream: Stream) {
    let isStart = shown.utf8.last.map { $0 == UInt8(ascii: "\n") || $0 == UInt8(ascii: "\r") } ?? true
    let both = Stream.allCases.allSatisfy(isTerminal)
    for each in Stream.allCases where each == stream || both { isAtLineStart[each] = isStart }
  }
}
