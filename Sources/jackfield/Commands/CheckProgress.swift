// SPDX-License-Identifier: Apache-2.0

/// How far a check has come, on standard error: one line, rewritten; nothing when that is no terminal.
final class CheckProgress {
  private var isShown = false

  func show(_ number: Int, _ count: Int, _ title: String) {
    guard Terminal.errorIsTerminal else { return }
    Terminal.writeError("\r\u{1B}[K\(number)/\(count) \(Terminal.plain(title))")
    isShown = true
  }

  func end() {
    if isShown { Terminal.writeError("\r\u{1B}[K") }
  }
}
