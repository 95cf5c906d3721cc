// SPDX-License-Identifier: Apache-2.0
import Glibc
import Synchronization

/// A log file that is put aside when it has grown to its size: `host.log`, `host.log.1`, `host.log.2` …, the oldest last.
///
/// Writing never fails the host: when the disk is full, lines are counted and the count is written once there is room.
package final class RotatingFile: Sendable {
  private struct State {
    var descriptor: Int32 = -1
    var size = 0
    var lost = 0
    var maximumSize: Int
    var keep: Int
  }

  private let path: String
  private let state: Mutex<State>

  /// - Parameters:
  ///   - maximumSize: In bytes; the file is put aside before a line that would go beyond.
  ///   - keep: How many files put aside are kept, 0 or more.
  package init(path: String, maximumSize: Int, keep: Int) {
    self.path = path
    state = Mutex(State(maximumSize: maximumSize, keep: keep))
  }

  deinit {
    let descriptor = state.withLock { $0.descriptor }
    if descriptor >= 0 { close(descriptor) }
  }

  /// Appends one line; `line` ends with a line break.
  package func append(_ line: [UInt8]) {
    state.withLock { state in
      if state.descriptor < 0 { open(&state) }
      if state.size > 0, state.size + line.count > state.maximumSize { rotate(&state) }
      guard state.descriptor >= 0, LogOutput.write(line, to: state.descriptor) else {
        state.lost += 1
        return
      }
      state.size += line.count
      if state.lost > 0, LogOutput.write(Array("{\"lostLines\":\(state.lost)}\n".utf8), to: state.descriptor) { state.lost = 0 }
    }
  }

  private func open(_ state: inout State) {
    state.descriptor = unsafe Glibc.open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0o600)
    guard state.descriptor >= 0 else { return }
    state.size = max(0, Int(lseek(state.descriptor, 0, SEEK_END)))
  }

  /// Moves host.log.1 to host.log.2 and so on, oldest first, and begins a new file.
  private func rotate(_ state: inout State) {
    close(state.descriptor)
    state.descriptor = -1
    for number in stride(from: state.keep, through: 1, by: -1) {
      unsafe rename(number == 1 ? path : "\(path).\(number - 1)", "\(path).\(number)")
    }
    if state.keep == 0 { unsafe unlink(path) }
    open(&state)
  }
}
