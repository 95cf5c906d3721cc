// SPDX-License-Identifier: Apache-2.0
import JSON

/// Progress of a call on standard error: one line, rewritten; nothing when that is no terminal.
final class ProgressLine {
  private var isShown = false

  func show(_ progress: JSONValue) {
    guard Terminal.errorIsTerminal else { return }
    let percent = Int(((progress["fraction"]?.doubleValue ?? 0) * 100).rounded())
    Terminal.writeError("\r\u{1B}[K\(percent) %  \(Terminal.plain(progress["note"]?.stringValue ?? ""))")
    isShown = true
  }

  func end() {
    guard isShown else { return }
    Terminal.writeError("\r\u{1B}[K")
    isShown = false
  }
}
