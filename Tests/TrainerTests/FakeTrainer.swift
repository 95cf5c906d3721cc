// SPDX-License-Identifier: Apache-2.0

import Glibc
import JSON
import PluginSDK
import Synchronization

/// The trainer's side of a line: a real socket, written on the test's thread and read on one of its own.
final class FakeTrainer: Sendable {
  private struct State {
    var lines: [String] = []
    var taken = 0
    var isEnded = false
    var waiters: [CheckedContinuation<Void, Never>] = []
  }

  struct Ended: Error {}

  let descriptor: Int32
  private let state = Mutex(State())

  init(port: Int) {
    descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    var name = sockaddr_in()
    name.sin_family = sa_family_t(AF_INET)
    name.sin_port = UInt16(port).bigEndian
    name.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
    let result = withUnsafePointer(to: &name) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size)) }
    }
    precondition(result == 0, "the door at port \(port) does not open: \(errno)")
    OwnedThread.start(name: "fake-trainer") { [self] in read() }?.detach()
  }

  /// Sends text as it is.
  func send(_ text: String) { send(Array(text.utf8)) }

  /// Sends bytes as they are.
  func send(_ bytes: [UInt8]) {
    var done = 0
    while done < bytes.count {
      let count = bytes.withUnsafeBytes { Glibc.send(descriptor, $0.baseAddress! + done, $0.count - done, Int32(MSG_NOSIGNAL)) }
      guard count > 0 else { return }
      done += count
    }
  }

  /// Sends one value as a line.
  func send(_ value: JSONValue) { send(value.serialized() + "\n") }

  /// Ends the line from this side.
  func hangUp() { shutdown(descriptor, Int32(SHUT_RDWR)) }

  /// Waits for the next command.
  func command() async throws -> JSONValue { try JSONValue(parsing: try await line()) }

  /// Waits for the next line.
  func line() async throws -> String {
    while true {
      let found: String?? = state.withLock { state in
        if state.taken < state.lines.count {
          state.taken += 1
          return state.lines[state.taken - 1]
        }
        return state.isEnded ? .some(nil) : nil
      }
      switch found {
      case .some(.some(let line)): return line
      case .some(.none): throw Ended()
      case .none: await wait()
      }
    }
  }

  private func wait() async {
    await withCheckedContinuation { continuation in
      let mayGoOn = state.withLock { state in
        if state.taken < state.lines.count || state.isEnded { return true }
        state.waiters.append(continuation)
        return false
      }
      if mayGoOn { continuation.resume() }
    }
  }

  private func read() {
    var rest: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 65_536)
    while true {
      let count = Glibc.read(descriptor, &buffer, buffer.count)
      guard count > 0 else { break }
      rest += buffer.prefix(count)
      while let end = rest.firstIndex(of: 0x0a) {
        let line = String(decoding: rest[..<end], as: UTF8.self)
        rest.removeSubrange(...end)
        wake { $0.lines.append(line) }
      }
    }
    wake { $0.isEnded = true }
    close(descriptor)
  }

  private func wake(_ change: (inout State) -> Void) {
    let waiters = state.withLock { state in
      change(&state)
      defer { state.waiters = [] }
      return state.waiters
    }
    for waiter in waiters { waiter.resume() }
  }
}
