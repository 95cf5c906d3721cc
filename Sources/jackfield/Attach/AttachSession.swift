// SPDX-License-Identifier: Apache-2.0
import JSON

/// A person at a terminal who sees what scripts say, and answers.
final class AttachSession {
  private let link: FrontLink
  private let isOnce: Bool
  private let typed = TypedLine()
  private var screen = AttachScreen()
  private var waiting: [AttachQuestion] = []
  private var current: (question: AttachQuestion, dialog: any AttachDialog)?
  private var pending = PendingOperations()
  private var wasAttached = false
  private var ending: Int32?

  init(_ link: FrontLink, isOnce: Bool) {
    self.link = link
    self.isOnce = isOnce
  }

  /// - Returns: The exit status.
  func run() throws -> Int32 {
    defer {
      typed.showKeys()
      screen.change(to: "")
    }
    while ending == nil {
      switch try link.next(hearsInput: true) {
      case .chunk(let chunk): take(chunk)
      case .typed: takeLines()
      case .interrupted: interrupt()
      case .lost(let sentence): lost(sentence)
      }
    }
    return ending ?? SystemExit.ok
  }

  // MARK: - What comes

  private func take(_ chunk: JSONValue) {
    if let question = AttachQuestion(chunk) {
      waiting.append(question)
      if current == nil { askNext() } else { screen.show([screen.coloured("\(question.run) has a question, too", .cyan)]) }
    } else if let number = chunk["withdrawn"]?.intValue {
      withdraw(number, ScriptText.line(chunk["reason"]?.stringValue ?? "", 200))
    } else if let notice = chunk["notice"]?.stringValue {
      show(notice, AttachQuestion.name(of: chunk), chunk["body"] ?? [:])
    } else if let count = chunk["dropped"]?.intValue {
      screen.show([screen.coloured("\(count) messages were dropped: they came faster than this terminal took them", .yellow)])
    } else if chunk["front"] != nil {
      attached(Terminal.plain(link.name))
    }
  }

  private func attached(_ name: String) {
    let words = wasAttached ? "attached again" : "attached; \"p\" lists what scripts wait for, \"?\" helps, Ctrl-D ends"
    wasAttached = true
    screen.show([screen.coloured("\(name): \(words)", .bold)])
    let lines = pending.list(link) ?? []
    if !lines.isEmpty { screen.show(["scripts wait for:"] + lines) }
  }

  private func show(_ notice: String, _ run: String, _ body: JSONValue) {
    guard notice == "message" else { return progress(run, body) }
    let (word, colour): (String, AttachScreen.Colour) =
      switch body["level"]?.stringValue {
      case "error": ("error", .red)
      case "warning": ("warning", .yellow)
      default: ("info", .cyan)
      }
    screen.show([screen.coloured("\(run) \(word):", colour)] + ScriptText.lines(body["message"]?.stringValue ?? ""))
  }

  private func progress(_ run: String, _ body: JSONValue) {
    let percent = body["fraction"]?.doubleValue.map { "\(Int(min(max($0, 0), 1) * 100)) %  " } ?? ""
    let words = ["title", "note"].map { ScriptText.line(body[$0]?.stringValue ?? "", 200) }.filter { !$0.isEmpty }
    let line = "\(run): \(percent)\(words.joined(separator: " – "))"
    if body["done"] == true {
      if current == nil { screen.change(to: "") }
      screen.show([AttachScreen.fitted("\(line), done")])
    } else if current == nil {
      screen.change(to: AttachScreen.fitted(line))
    }
  }

  private func lost(_ sentence: String) {
    waiting = []
    drop()
    screen.change(to: "")
    screen.show([screen.coloured("\(Terminal.plain(sentence)); looking for the host until it is back, Ctrl-D ends", .yellow)])
  }

  private func withdraw(_ number: Int, _ reason: String) {
    if let index = waiting.firstIndex(where: { $0.number == number }) {
      let question = waiting.remove(at: index)
      screen.show(["\(question.run) takes a question back: \(reason)"])
    } else if let question = current?.question, question.number == number {
      drop()
      screen.change(to: "")
      screen.show(["\(question.run) takes the question back: \(reason)"])
      askNext()
    }
  }

  private func drop() {
    current = nil
    typed.showKeys()
  }

  // MARK: - Asking

  private func askNext() {
    while current == nil, !waiting.isEmpty {
      let question = waiting.removeFirst()
      guard let dialog = question.dialog else {
        _ = link.answer(question.number, "error", .string("a terminal cannot answer '\(question.kind)'"))
        continue
      }
      current = (question, dialog)
      screen.change(to: "")
      screen.show(headed(dialog.opening) + (question.secondsLeft.map { ["  it waits \($0) s"] } ?? []))
      // What was typed before this could be seen is no answer to it.
      typed.forgetTyped()
      prompt()
    }
  }

  private func headed(_ lines: [String]) -> [String] {
    guard let first = lines.first else { return [] }
    return [screen.coloured(first, .bold)] + lines.dropFirst()
  }

  private func prompt() {
    guard let dialog = current?.dialog else { return }
    if dialog.isSecret { typed.hideKeys() } else { typed.showKeys() }
    screen.change(to: dialog.prompt)
  }

  // MARK: - What is typed

  private func takeLines() {
    var step = typed.read()
    while ending == nil {
      switch step {
      case .unfinished: return
      case .end:
        screen.lineIsEnded(byKey: false)
        ending = SystemExit.ok
      case .line(let line):
        take(line)
        step = typed.waiting()
      }
    }
  }

  private func take(_ line: String) {
    guard let question = current?.question, var dialog = current?.dialog else {
      screen.lineIsEnded()
      return order(line.trimmed)
    }
    screen.lineIsEnded(byKey: !dialog.isSecret)
    switch dialog.take(line) {
    case .again(let reason): screen.show([reason])
    case .more(let lines): screen.show(lines)
    case .done(let result): return send(question, &dialog, result)
    }
    current = (question, dialog)
    prompt()
  }

  private func send(_ question: AttachQuestion, _ dialog: inout any AttachDialog, _ result: JSONValue) {
    let failure = link.answer(question.number, "result", result)
    if let failure, failure.data?["status"] == "invalid" {
      screen.show([ScriptText.line(failure.description)] + dialog.restart())
      current = (question, dialog)
      return prompt()
    }
    finish(failure)
  }

  private func finish(_ failure: ControlClient.Failure?) {
    drop()
    if let failure { screen.show([ScriptText.line(failure.description)]) }
    if isOnce, failure == nil { ending = SystemExit.ok } else { askNext() }
  }

  private func interrupt() {
    guard Interrupt.take() else {
      ending = SystemExit.interrupted
      return
    }
    screen.lineIsEnded(byKey: false)
    guard let (question, dialog) = current else {
      ending = SystemExit.interrupted
      return
    }
    let (member, value) = dialog.givenUp
    finish(link.answer(question.number, member, value))
  }

  // MARK: - At rest

  private func order(_ line: String) {
    let words = line.split(separator: " ", maxSplits: 2).map(String.init)
    switch (words.first ?? "", words.count) {
    case ("", _): break
    case ("p", 1): showPending()
    case ("q", 1): ending = SystemExit.ok
    case ("s", 3): screen.show([pending.submit(Int(words[1]) ?? 0, words[2], link)])
    case ("c", 2): screen.show([pending.cancel(Int(words[1]) ?? 0, link)])
    default: screen.show(Self.help)
    }
  }

  private func showPending() {
    let lines = pending.list(link)
    screen.show(lines.map { $0.isEmpty ? ["no script waits for anything"] : $0 } ?? ["this host keeps no list of what scripts wait for"])
  }

  private static let help = [
    "  p           lists what scripts wait for", "  s 1 VALUE   answers the first of these, with JSON or a text",
    "  c 1         cancels it", "  q           ends, as Ctrl-D does",
  ]
}
