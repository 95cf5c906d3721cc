// SPDX-License-Identifier: Apache-2.0
import PluginBridge

/// Says on standard error what is waited for, while nothing else is to be shown: one line, rewritten; nothing when that is no terminal.
final class WaitNote {
  private var text: String
  private let began = MonotonicClock.now()
  private var isShown = false
  private let isTerminal: Bool

  init(_ text: String, isTerminal: Bool = Terminal.errorIsTerminal) {
    self.text = text
    self.isTerminal = isTerminal
  }

  /// How often it is to be shown, in milliseconds.
  static let interval: Int32 = 500

  func change(to text: String) {
    self.text = text
    show()
  }

  func show() {
    guard isTerminal else { return }
    let seconds = (MonotonicClock.now() - began) / 1_000_000_000
    Terminal.writeError("\r\u{1B}[K\(Terminal.plain(text)) … \(seconds) s")
    isShown = true
  }

  func end() {
    if isShown { Terminal.writeError("\r\u{1B}[K") }
    isShown = false
  }
}
