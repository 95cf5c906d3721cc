// SPDX-License-Identifier: Apache-2.0

import Glibc
import PluginSDK
import Synchronization
import Testing

/// A trainer's end of a connection: blocking writes, and a thread that reads lines.
final class FakeTrainer: Sendable {
  private let descriptor: Int32
  private let lines: AsyncStream<String>
  private let reader: OwnedThread
  private let isClosed = Mutex(false)

  init(port: UInt16) throws {
    let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_port = port.bigEndian
    address.sin_addr = in_addr(s_addr: UInt32(0x7F00_0001).bigEndian)
    let result = withUnsafePointer(to: &address) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size)) }
    }
    try #require(result == 0, "cannot connect: \(String(cString: strerror(errno)))")
    let (lines, continuation) = AsyncStream<String>.makeStream()
    self.descriptor = descriptor
    self.lines = lines
    reader = try #require(
      OwnedThread.start(name: "fake-trainer") {
        readLines(descriptor) {
          continuation.yield($0)
        } then: {
          continuation.finish()
        }
      })
  }

  deinit { close() }

  /// Of its own end.
  var port: UInt16? {
    var address = sockaddr_in()
    var length = socklen_t(MemoryLayout<sockaddr_in>.size)
    let result = withUnsafeMutablePointer(to: &address) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { getsockname(descriptor, $0, &length) }
    }
    return result == 0 ? UInt16(bigEndian: address.sin_port) : nil
  }

  /// Sends lines, each with its newline.
  func send(_ lines: String...) { send(bytes: Array(lines.map { $0 + "\n" }.joined().utf8)) }

  /// Sends bytes as they are; waits as long as the other side does not read.
  func send(bytes: [UInt8]) {
    var rest = bytes[...]
    while !rest.isEmpty {
      let count = rest.withUnsafeBytes { Glibc.send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL)) }
      guard count > 0 else { return }
      rest = rest.dropFirst(count)
    }
  }

  /// The next line from the host; nil at the end.
  func next() async -> String? {
    var iterator = lines.makeAsyncIterator()
    return await iterator.next()
  }

  func close() {
    let mustClose = isClosed.withLock { isClosed in
      defer { isClosed = true }
      return !isClosed
    }
    guard mustClose else { return }
    shutdown(descriptor, Int32(SHUT_RDWR))
    reader.join()
    _ = Glibc.close(descriptor)
  }
}

private func readLines(_ descriptor: Int32, _ line: (String) -> Void, then end: () -> Void) {
  var partial: [UInt8] = []
  var buffer = [UInt8](repeating: 0, count: 65_536)
  while true {
    let count = buffer.withUnsafeMutableBytes { recv(descriptor, $0.baseAddress, $0.count, 0) }
    guard count > 0 else { return end() }
    partial += buffer[..<count]
    while let newline = partial.firstIndex(of: 0x0A) {
      line(String(decoding: partial[..<newline], as: UTF8.self))
      partial.removeSubrange(...newline)
    }
  }
}
