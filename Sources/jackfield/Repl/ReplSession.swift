// SPDX-License-Identifier: Apache-2.0
import EditLine
import Host
import JSON

/// Reads, runs and shows, until Ctrl-D; the kernel lives on.
final class ReplSession {
  private var kernel: ReplKernel
  private let home: String?
  private let editor: LineEditor
  private let historyPath: String
  private var printer: RunPrinter
  private let typed = TypedLine()
  private var input = ReplInput()
  /// What stands in the next line already.
  private var prefilled = ""

  init(_ kernel: ReplKernel, image: ImageWay, home: String?) throws {
    self.kernel = kernel
    self.home = home
    do throws(EditLineError) { editor = try LineEditor(name: "jackfield", watched: { Interrupt.descriptor }) } catch {
      throw CommandFailure("\(error)")
    }
    historyPath = Directories(environment: Environment.all, home: home).state + "/repl-history"
    let painter = ImagePainter(image)
    printer = RunPrinter(mark: { "Out[\($0)]: " }) { painter.show($0) }
    editor.loadHistory(historyPath)
    editor.complete = { [weak self] in self?.complete($0, $1) }
  }

  private var prompt: String {
    let first = "In [\(kernel.count + 1)]: "
    return input.isEmpty ? first : String(repeating: " ", count: max(0, first.count - 5)) + "...: "
  }

  func run() throws {
    Terminal.print("\(kernel.name), kernel \(kernel.id.prefix(8)); Tab completes, name? explains, Ctrl-D leaves the kernel running")
    defer { try? editor.saveHistory(historyPath) }
    while true {
      let text = prefilled
      prefilled = ""
      switch editor.read(prompt: prompt, text: text) {
      case .end:
        Terminal.print("")
        return
      case .interrupted:
        Terminal.print("^C")
        guard Interrupt.take() else { return }
        input = ReplInput()
      case .text(let line): try take(line)
      }
    }
  }

  private func take(_ line: String) throws {
    // An empty line ends a block whose end cannot be seen, as in every Python prompt.
    let endsBlock = line.allSatisfy(\.isWhitespace)
    if endsBlock, input.isEmpty { return }
    if !endsBlock { editor.remember(line) }
    input.add(endsBlock ? "" : line)
    if let (name, level) = input.question {
      input = ReplInput()
      return explain(name, level)
    }
    if let indent = kernel.indent(after: input.code), !(endsBlock && input.lines.suffix(2).allSatisfy(\.isEmpty)) {
      prefilled = indent
      return
    }
    let code = input.code
    input = ReplInput()
    try run(code)
  }

  private func run(_ code: String) throws {
    let follower = RunFollower(home: home, typed: typed) { [self] event in
      if event["type"] == "set_next_input" { prefilled = Terminal.plain(event["content"]?["text"]?.stringValue ?? "") }
      printer.show(event)
    }
    follower.heard = { [self] in printer.screen.lineIsBegun() }
    defer {
      printer.end()
      _ = Interrupt.take()
    }
    do {
      let outcome = try follower.run(["kernel": .string(kernel.id), "code": .string(code), "client": "repl"])
      kernel.counted(outcome)
      for sentence in outcome.notes { printer.screen.tell(sentence) }
    } catch let failure as CommandFailure where failure.status == SystemExit.failed {
      printer.screen.tell(failure.description)
    }
  }

  private func explain(_ name: String, _ level: Int) {
    do {
      guard let text = try kernel.inspect(name, level: level) else { return printer.screen.tell("nothing is known of '\(name)'") }
      printer.screen.showLines(text, .output)
    } catch {
      printer.screen.tell("\(error)")
    }
  }

  /// nil, a tabulator, where nothing but blanks stands before the cursor.
  private func complete(_ line: String, _ cursor: Int) -> Replacement? {
    guard line.unicodeScalars.prefix(cursor).contains(where: { $0 != " " && $0 != "\t" }) else { return nil }
    let place = input.completion(of: line, cursor: cursor)
    return kernel.complete(place.code, cursor: place.cursor)
  }
}
