// SPDX-License-Identifier: Apache-2.0
// The log on disk. Never throws once it is open: a full disk costs lines, not the host.
import Glibc
import Synchronization

/// A file of whole lines that starts anew when it is large: `name`, `name.1` … `name.N`, the highest the oldest.
package final class RotatingFile: Sendable {
  private let path: String
  private let maximumBytes: Int
  private let keep: Int
  private let state: Mutex<State>

  private struct State {
    var descriptor: Int32
    var size: Int
    /// Devices and pipes are written to, never renamed.
    var rotates: Bool
    var lost: UInt64 = 0
  }

  /// - Parameters:
  ///   - maximumBytes: A line that would pass it goes into a new file.
  ///   - keep: How many older files stay, 0 or more.
  /// - Throws: `RotatingFileError` when the file cannot be opened.
  package init(path: String, maximumBytes: Int, keep: Int) throws(RotatingFileError) {
    self.path = path
    self.maximumBytes = max(1, maximumBytes)
    self.keep = max(0, keep)
    state = Mutex(try Self.open(path))
  }

  deinit { state.withLock { if $0.descriptor >= 0 { close($0.descriptor) } } }

  /// Lines that could not be written, since the start.
  package var lostLines: UInt64 { state.withLock { $0.lost } }

  /// Writes one line, which ends in a line break: whole or not at all.
  package func write(_ line: [UInt8]) {
    state.withLock { state in
      if state.descriptor < 0 { reopen(&state) }
      if state.rotates, state.size > 0, state.size + line.count > maximumBytes { rotate(&state) }
      guard state.descriptor >= 0, append(line, &state) else {
        state.lost += 1
        return
      }
    }
  }

  /// Opens the file again by its name, after somebody else has moved it away.
  package func reopen() { state.withLock { reopen(&$0) } }

  private func append(_ line: [UInt8], _ state: inout State) -> Bool {
    let sent = LogOutput.write(line, to: state.descriptor)
    guard sent == line.count else {
      // Half a line would spoil the next one.
      if sent > 0, state.rotates { ftruncate(state.descriptor, state.size) }
      return false
    }
    state.size += line.count
    return true
  }

  /// Moves each file one number up and begins a new one. Where that fails, the present file goes on.
  private func rotate(_ state: inout State) {
    for number in stride(from: keep, to: 1, by: -1) { unsafe rename("\(path).\(number - 1)", "\(path).\(number)") }
    let moved = unsafe keep > 0 ? rename(path, "\(path).1") : unlink(path)
    guard moved == 0 else { return }
    reopen(&state)
  }

  private func reopen(_ state: inout State) {
    guard var fresh = try? Self.open(path) else { return }
    if state.descriptor >= 0 { close(state.descriptor) }
    fresh.lost = state.lost
    state = fresh
  }

  private static func open(_ path: String) throws(RotatingFileError) -> State {
    let descriptor = unsafe Glibc.open(path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0o600)
    guard descriptor >= 0 else { throw RotatingFileError(path: path, code: errno) }
    var status = stat()
    unsafe fstat(descriptor, &status)
    let regular = status.st_mode & S_IFMT == S_IFREG
    return State(descriptor: descriptor, size: regular ? Int(status.st_size) : 0, rotates: regular)
  }
}

/// A log file that cannot be opened.
package struct RotatingFileError: Error, CustomStringConvertible {
  package let path: String
  /// The `errno` of the attempt.
  package let code: Int32

  package var description: String {
    "cannot open the log file '\(path)': \(String(posixError: code)); make its directory writable, or set log.file to false"
  }
}
