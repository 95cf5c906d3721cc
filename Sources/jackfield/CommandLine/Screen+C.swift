// SPDX-License-Identifier: Apache-2.0
import Glibc

/// A terminal that is redrawn as a whole: keys come one by one and unseen, and what was on it comes back at the end.
final class Screen {
  private var before = termios()
  private let readsKeys: Bool
  private var isTaken = true

  /// Takes the terminal of standard output, and the keys of standard input where that is one too.
  init() {
    let isKnown = unsafe tcgetattr(STDIN_FILENO, &before) == 0
    readsKeys = isKnown && isatty(STDIN_FILENO) == 1
    if readsKeys { takeKeys() }
    // Wakes a wait, so that the new size is drawn at once.
    var action = sigaction()
    unsafe action.__sigaction_handler.sa_handler = sizeChanged
    _ = unsafe sigaction(SIGWINCH, &action, nil)
    // The other screen, without a cursor.
    Output.write("\u{1B}[?1049h\u{1B}[?25l", to: STDOUT_FILENO)
  }

  deinit { restore() }

  /// Gives the terminal back as it was.
  func restore() {
    guard isTaken else { return }
    isTaken = false
    if readsKeys { unsafe tcsetattr(STDIN_FILENO, TCSAFLUSH, &before) }
    _ = Output.tryWrite("\u{1B}[?25h\u{1B}[?1049l", to: STDOUT_FILENO)
  }

  /// Keys are not shown and do not wait for a line; Ctrl-C stays a signal, and what would leave this program in the middle does nothing.
  private func takeKeys() {
    var raw = before
    raw.c_lflag &= ~tcflag_t(ICANON | ECHO)
    unsafe withUnsafeMutableBytes(of: &raw.c_cc) { characters in
      for index in [VSUSP, VQUIT] { unsafe characters[Int(index)] = 0 }
      unsafe characters[Int(VMIN)] = 1
      unsafe characters[Int(VTIME)] = 0
    }
    unsafe tcsetattr(STDIN_FILENO, TCSAFLUSH, &raw)
  }

  /// Columns and rows.
  static var size: (width: Int, height: Int) {
    var size = winsize()
    guard unsafe ioctl(STDOUT_FILENO, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0, size.ws_row > 0 else { return (80, 24) }
    return (Int(size.ws_col), Int(size.ws_row))
  }

  /// Draws over what was there.
  func draw(_ lines: [String]) {
    let text = lines.map { $0 + "\u{1B}[K" }.joined(separator: "\r\n")
    Output.write("\u{1B}[H\(text)\u{1B}[J", to: STDOUT_FILENO)
  }

  /// What ended a wait.
  enum Event: Equatable {
    case key(Character)
    /// The time is over, or something changed about the terminal.
    case nothing
    /// Ctrl-C, or nobody is at the keys any more.
    case end
  }

  func wait(milliseconds: Int32) -> Event {
    var wanted = [
      pollfd(fd: readsKeys ? STDIN_FILENO : -1, events: Int16(POLLIN), revents: 0),
      pollfd(fd: Interrupt.descriptor, events: Int16(POLLIN), revents: 0),
    ]
    let count = unsafe poll(&wanted, 2, max(0, milliseconds))
    if Interrupt.isRequested { return .end }
    guard count > 0, wanted[0].revents != 0 else { return .nothing }
    var byte: UInt8 = 0
    guard unsafe read(STDIN_FILENO, &byte, 1) == 1 else { return .end }
    return .key(Character(Unicode.Scalar(byte)))
  }
}

/// Does nothing: that the signal came is what ends a wait.
private func sizeChanged(_ number: Int32) {}
