// SPDX-License-Identifier: Apache-2.0
import JSON

/// Shows a person the events of runs, as they come.
struct RunPrinter {
  /// Shows an image, and says how.
  typealias ShowImage = (_ image: RunImage) -> ShownImage

  var screen: RunScreen
  private let showImage: ShowImage
  /// Before a value, such as "Out[3]: "; nothing outside a session.
  private let mark: (Int) -> String
  private let inputIsTerminal: Bool
  private var clearsBeforeNext = false

  init(
    screen: RunScreen = RunScreen(), inputIsTerminal: Bool = Terminal.inputIsTerminal, mark: @escaping (Int) -> String = { _ in "" },
    showImage: @escaping ShowImage
  ) {
    self.screen = screen
    self.inputIsTerminal = inputIsTerminal
    self.mark = mark
    self.showImage = showImage
  }

  mutating func show(_ event: JSONValue) {
    let content = event["content"] ?? [:]
    switch event["type"]?.stringValue {
    case "stream": stream(content)
    case "execute_result": value(content)
    case "display_data", "update_display_data": display(content)
    case "error": failure(content)
    case "input_request": prompt(content)
    case "clear_output": clear(waits: content["wait"]?.boolValue ?? false)
    case "truncated": screen.tell(content["note"]?.stringValue ?? "some output was left out")
    case "ended": ended(content)
    default: break
    }
    if let note = content["note"]?.stringValue, content["omitted_bytes"] != nil { screen.tell(note) }
  }

  mutating func end() { screen.end() }

  private mutating func stream(_ content: JSONValue) {
    clearNow()
    screen.show(content["text"]?.stringValue ?? "", content["name"]?.stringValue == "stderr" ? .error : .output)
  }

  private mutating func value(_ content: JSONValue) {
    clearNow()
    let before = mark(content["execution_count"]?.intValue ?? 0)
    guard let text = MIMEText.best(content["data"]) else { return display(content) }
    if RunImage(content["data"]) != nil { return display(content) }
    // As IPython does: a value of several lines begins on one of its own.
    screen.showLines(before + (!before.isEmpty && text.contains("\n") ? "\n" : "") + text, .output)
  }

  private mutating func display(_ content: JSONValue) {
    clearNow()
    let data = content["data"]
    if let image = RunImage(data), show(image, text: MIMEText.best(data)) { return }
    if let text = MIMEText.best(data) { return screen.showLines(text, .output) }
    let types = data?.objectValue?.keys.sorted().joined(separator: ", ") ?? ""
    if !types.isEmpty { screen.tell("an output of \(types) is not shown here; an editor shows it") }
  }

  private mutating func show(_ image: RunImage, text: String?) -> Bool {
    switch showImage(image) {
    case .drawn(let escape):
      screen.draw(escape)
      return true
    case .file(let path):
      let note = text.map { "  \($0.split(separator: "\n").first ?? "")" } ?? ""
      screen.showLines("\(Terminal.plain(path))\(note)", .output)
      return true
    case .failed(let reason):
      screen.tell(reason)
      return false
    }
  }

  private mutating func prompt(_ content: JSONValue) {
    clearNow()
    screen.show(content["prompt"]?.stringValue ?? "", .output)
    if inputIsTerminal { screen.lineIsTyped() }
  }

  private mutating func failure(_ content: JSONValue) {
    clearNow()
    let lines = (content["traceback"]?.arrayValue ?? []).compactMap(\.stringValue)
    let name = content["ename"]?.stringValue ?? "error"
    let summary = "\(name): \(content["evalue"]?.stringValue ?? "")"
    screen.showLines(lines.isEmpty ? summary : lines.joined(separator: "\n"), .error)
  }

  private mutating func clear(waits: Bool) {
    clearsBeforeNext = true
    if !waits { clearNow() }
  }

  private mutating func clearNow() {
    guard clearsBeforeNext else { return }
    clearsBeforeNext = false
    screen.clearLine()
  }

  /// An error was shown with its traceback; what was not run is told at the end, once for all of them.
  private mutating func ended(_ content: JSONValue) {
    guard content["status"] == "lost" else { return }
    screen.tell("the run was lost\(content["reason"]?.stringValue.map { ": \($0)" } ?? "")")
  }
}
