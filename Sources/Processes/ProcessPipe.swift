// SPDX-License-Identifier: Apache-2.0

internal import CLinux
internal import Glibc

/// A pipe for the output of processes begun here.
public final class ProcessPipe: Sendable {
  private let reading: Int32
  /// For `SpawnOrder.Output.descriptor`.
  public let writing: Int32

  /// Makes a pipe.
  public init() throws(ProcessesError) {
    var ends: [Int32] = [-1, -1]
    let number = unsafe ends.withUnsafeMutableBufferPointer { unsafe linux_pipe($0.baseAddress!) }
    guard number >= 0 else { throw ProcessesError("pipe2", "", code: -number, "cannot make a pipe") }
    reading = ends[0]
    writing = ends[1]
  }

  deinit { close(reading) }

  /// Closes this process's end for writing; must follow the beginning of the processes, once.
  public func closeWriting() { close(writing) }

  /// Waits for output. Blocks: for a thread of its own.
  ///
  /// - Returns: Nil when all who could write have ended.
  public func read() -> [UInt8]? {
    var buffer = [UInt8](repeating: 0, count: 16 << 10)
    while true {
      var waited = pollfd(fd: reading, events: Int16(POLLIN), revents: 0)
      _ = unsafe poll(&waited, 1, -1)
      let count = unsafe buffer.withUnsafeMutableBytes { unsafe Glibc.read(reading, $0.baseAddress, $0.count) }
      if count > 0 { return Array(buffer[..<count]) }
      if count == 0 { return nil }
      if errno != EAGAIN && errno != EINTR { return nil }
    }
  }
}
