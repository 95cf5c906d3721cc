// SPDX-License-Identifier: Apache-2.0
import Glibc
import JSON

/// Orders runs, shows what happens, answers what code asks, and carries Ctrl-C to them.
final class RunFollower {
  /// What to do with an event.
  typealias Show = (JSONValue) -> Void

  /// Told when Ctrl-C has come: a terminal has written "^C" by then.
  var heard: () -> Void = {}
  private let home: String?
  private let show: Show
  private let typed: TypedLine
  private var outcome = RunOutcome()
  /// The run that is under way, as far as its events tell.
  private var current: String?
  /// The run that asks for a line, and whether it is a password.
  private var asking: (run: String, isSecret: Bool)?
  private var isCancelled = false
  private var note: WaitNote?
  /// Keeps the connection that a run is cancelled by: the host ends the calls of who hangs up.
  private var cancelling: ControlClient?

  /// - Parameter typed: Where lines for code come from.
  init(home: String?, typed: TypedLine = TypedLine(), show: @escaping Show) {
    self.home = home
    self.typed = typed
    self.show = show
  }

  /// - Parameters:
  ///   - input: Of `code.run`.
  ///   - timeout: In milliseconds; nil for none.
  /// - Throws: `CommandFailure` with the host's reason.
  func run(_ input: JSONValue, timeout: Int? = nil) throws -> RunOutcome {
    outcome = RunOutcome()
    let stream = try CallStream("code.run", input, home: home, timeout: timeout)
    note = WaitNote("waiting for the kernel")
    defer {
      note?.end()
      typed.showKeys()
    }
    while true {
      let event = try stream.next(
        interruptible: !Interrupt.isTermination || !isCancelled, other: asking == nil ? -1 : STDIN_FILENO,
        milliseconds: note.map { _ in WaitNote.interval })
      switch event {
      case .chunk(let chunk): try take(chunk, stream)
      case .progress(let progress): note?.change(to: progress["note"]?.stringValue ?? "waiting for the kernel")
      case .silent: note?.show()
      case .other: try take(typed.read())
      case .interrupted: try interrupt(stream)
      case .answer(let answer):
        outcome.answer = answer
        return outcome
      case .failure(let failure):
        if outcome.wasInterrupted { return outcome }
        guard let timeout, failure.data?["status"] == "deadline" else { throw CommandFailure(failure.description) }
        throw CommandFailure("the code did not end within \(timeout) ms, and was interrupted; give it more with '--timeout'")
      }
    }
  }

  private func take(_ event: JSONValue, _ stream: CallStream) throws {
    let run = event["run"]?.stringValue
    if run != current {
      current = run
      // What is cancelled is the whole order, not one run of it.
      if outcome.wasInterrupted { try cancel(stream) }
    }
    let type = event["type"]?.stringValue
    if type != "queued" { endNote() }
    // Nobody can answer a run that has ended.
    if type == "ended" {
      current = nil
      stopAsking()
    }
    show(event)
    if type == "input_request", let run { try ask(event["content"] ?? [:], run) }
  }

  private func endNote() {
    note?.end()
    note = nil
  }

  // MARK: - Input

  private func ask(_ content: JSONValue, _ run: String) throws {
    let isSecret = content["password"]?.boolValue ?? false
    asking = (run, isSecret)
    if isSecret { typed.hideKeys() }
    try take(typed.waiting())
  }

  private func take(_ step: TypedLine.Step) throws {
    guard let asking else { return }
    switch step {
    case .unfinished: return
    case .line(let text): try answer(asking, text)
    case .end: try answer(asking, "\u{4}")
    }
  }

  private func answer(_ asking: (run: String, isSecret: Bool), _ text: String) throws {
    stopAsking()
    // The end of the line was not seen, as the rest of it.
    if asking.isSecret, isatty(STDIN_FILENO) == 1 { Terminal.writeError("\n") }
    _ = try ControlClient(home: home).call("kernel.input", ["run": .string(asking.run), "text": .string(text)])
  }

  private func stopAsking() {
    asking = nil
    typed.showKeys()
  }

  // MARK: - Ctrl-C

  /// Ends the run that is under way, so that its traceback is still seen; the whole order when none is known, or at the second time.
  private func interrupt(_ stream: CallStream) throws {
    let isFirst = Interrupt.take() && !outcome.wasInterrupted
    outcome.wasInterrupted = true
    heard()
    stopAsking()
    guard isFirst, let current else { return try cancel(stream) }
    note = note ?? WaitNote("interrupting")
    cancelling = try ControlClient(home: home)
    _ = try cancelling?.begin("command/call", ["name": "code.cancel", "input": ["run": .string(current)]])
  }

  private func cancel(_ stream: CallStream) throws {
    guard !isCancelled else { return }
    isCancelled = true
    try stream.cancel()
  }
}
