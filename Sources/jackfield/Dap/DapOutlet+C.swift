// SPDX-License-Identifier: Apache-2.0
import Glibc

/// Bytes on their way to a descriptor that may take its time. Never blocks, and leaves the descriptor's own mode alone: others may hold it.
struct DapOutlet {
  /// So much is written to a pipe at once: the system promises room for it when the pipe is writable.
  private static let piece = Int(PIPE_BUF)
  /// From here on nothing more is read for it.
  private static let enough = 1 << 20

  private(set) var descriptor: Int32
  private var waiting: [UInt8] = []
  private var begin = 0
  private let isSocket: Bool

  init(_ descriptor: Int32) {
    self.descriptor = descriptor
    var status = stat()
    isSocket = unsafe fstat(descriptor, &status) == 0 && status.st_mode & S_IFMT == S_IFSOCK
  }

  var isOpen: Bool { descriptor >= 0 }
  var isEmpty: Bool { begin == waiting.count }
  var isFull: Bool { waiting.count - begin >= Self.enough }

  /// To be waited for: -1 when there is nothing to write.
  var wanted: Int32 { isEmpty ? -1 : descriptor }

  /// Takes bytes; those for a descriptor that is closed go nowhere.
  mutating func append(_ bytes: [UInt8]) {
    guard isOpen else { return }
    if begin > 0, begin == waiting.count || begin > Self.enough {
      waiting.removeSubrange(..<begin)
      begin = 0
    }
    waiting += bytes
  }

  /// Writes a piece; to be called when the descriptor is writable.
  ///
  /// - Returns: False when nobody will ever read it.
  mutating func writeSome() -> Bool {
    guard isOpen, !isEmpty else { return true }
    let count = unsafe waiting.withUnsafeBytes { bytes in
      let start = unsafe bytes.baseAddress! + begin  // not empty: begin < count
      let rest = bytes.count - begin
      return isSocket
        ? unsafe send(descriptor, start, rest, Int32(MSG_DONTWAIT) | Int32(MSG_NOSIGNAL))
        : unsafe write(descriptor, start, min(rest, Self.piece))
    }
    if count >= 0 {
      begin += count
      return true
    }
    return errno == EAGAIN || errno == EINTR
  }

  /// Forgets what waits, and closes.
  mutating func close() {
    if isOpen { _ = Glibc.close(descriptor) }
    abandon()
  }

  /// Forgets what waits and takes nothing more; the descriptor stays open.
  mutating func abandon() {
    descriptor = -1
    waiting = []
    begin = 0
  }
}

/// Reads what is there.
enum DapInlet {
  enum Arrival {
    case bytes(ArraySlice<UInt8>)
    case end
    case nothing
  }

  /// To be called when the descriptor is readable.
  static func read(_ descriptor: Int32) -> Arrival {
    var chunk = [UInt8](repeating: 0, count: 64 << 10)
    let count = unsafe Glibc.read(descriptor, &chunk, chunk.count)
    if count > 0 { return .bytes(chunk[..<count]) }
    return count < 0 && (errno == EINTR || errno == EAGAIN) ? .nothing : .end
  }
}

/// Waits for several descriptors at once; -1 among them is passed over.
enum DapWait {
  /// - Parameter milliseconds: -1 for ever.
  /// - Returns: Which are ready, or closed on the other side; none when the time is over or a signal came.
  static func ready(reading: [Int32], writing: [Int32], milliseconds: Int32) -> (reading: [Bool], writing: [Bool]) {
    var wanted = reading.map { pollfd(fd: $0, events: Int16(POLLIN), revents: 0) }
    wanted += writing.map { pollfd(fd: $0, events: Int16(POLLOUT), revents: 0) }
    let isAny = unsafe poll(&wanted, UInt(wanted.count), milliseconds) > 0
    let ready = wanted.map { isAny && $0.revents != 0 }
    return (Array(ready.prefix(reading.count)), Array(ready.dropFirst(reading.count)))
  }
}
