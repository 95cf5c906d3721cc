// SPDX-License-Identifier: Apache-2.0
import JSON

/// A call that may take long: says meanwhile what is waited for, and is cancelled by Ctrl-C.
enum PatientCall {
  /// - Throws: `CommandFailure` with the host's sentence.
  static func run(_ command: String, _ input: JSONValue, waiting: String, home: String?) throws -> JSONValue {
    let stream = try CallStream(command, input, home: home)
    let note = WaitNote(waiting)
    defer { note.end() }
    Interrupt.watchOnce()
    var isCancelled = false
    while true {
      switch try stream.next(interruptible: !isCancelled, milliseconds: WaitNote.interval) {
      case .silent: note.show()
      case .progress(let progress): note.change(to: progress["note"]?.stringValue ?? waiting)
      case .interrupted:
        isCancelled = true
        try stream.cancel()
      case .answer(let answer): return answer
      case .failure(let failure):
        throw CommandFailure(failure.description, status: isCancelled ? SystemExit.interrupted : SystemExit.failed)
      case .chunk, .other: break
      }
    }
  }
}
