// SPDX-License-Identifier: Apache-2.0
import Glibc

/// Lines of standard input for code that asks for them, taken as far as they are there; a terminal's keys are unseen for a password.
final class TypedLine {
  private var received: [UInt8] = []
  private var isAtEnd = false
  /// The terminal as it was, while keys are unseen.
  private var before: termios?

  deinit { showKeys() }

  /// What a read may be followed by.
  enum Step: Equatable {
    /// Without its end.
    case line(String)
    case end
    /// More has to come first.
    case unfinished
  }

  /// A whole line that was read before.
  func waiting() -> Step {
    if let end = received.firstIndex(of: UInt8(ascii: "\n")) {
      let line = String(decoding: received[..<end], as: UTF8.self)
      received.removeSubrange(...end)
      return .line(line)
    }
    guard isAtEnd else { return .unfinished }
    guard !received.isEmpty else { return .end }
    defer { received = [] }
    return .line(String(decoding: received, as: UTF8.self))
  }

  /// Reads what is there, when standard input is readable.
  func read() -> Step {
    var chunk = [UInt8](repeating: 0, count: 4_096)
    let count = unsafe Glibc.read(STDIN_FILENO, &chunk, chunk.count)
    if count > 0 { received += chunk[..<count] } else if count == 0 || (errno != EINTR && errno != EAGAIN) { isAtEnd = true }
    let step = waiting()
    // Ctrl-D on a terminal ends one answer, not all that follow.
    if isAtEnd, isatty(STDIN_FILENO) == 1 { isAtEnd = false }
    return step
  }

  /// Drops what a person typed before they could see what is asked now; what a program wrote stays.
  func forgetTyped() {
    guard isatty(STDIN_FILENO) == 1 else { return }
    received = []
    tcflush(STDIN_FILENO, TCIFLUSH)
  }

  /// Keys are unseen until `showKeys`.
  func hideKeys() {
    var current = termios()
    guard before == nil, unsafe tcgetattr(STDIN_FILENO, &current) == 0 else { return }
    before = current
    current.c_lflag &= ~tcflag_t(ECHO)
    unsafe tcsetattr(STDIN_FILENO, TCSAFLUSH, &current)
  }

  func showKeys() {
    guard var before else { return }
    self.before = nil
    unsafe tcsetattr(STDIN_FILENO, TCSADRAIN, &before)
  }
}
