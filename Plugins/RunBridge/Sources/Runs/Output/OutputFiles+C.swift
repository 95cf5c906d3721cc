// SPDX-License-Identifier: Apache-2.0

internal import CLinux
internal import Glibc

/// The two files that a captured process appends its output to, open for reading.
final class OutputFiles: Sendable {
  static let streams = ["stdout", "stderr"]
  /// Beside them: how far they were published.
  static let names = streams + ["position", "position.new"]
  /// So much of what was published stays in a file, for whoever wants to look at it.
  static let keptBytes = 64 << 20

  private let descriptors: [Int32]

  /// - Parameter directory: Of the run. Files that are not there yet are made.
  init?(_ directory: String) {
    let opened = Self.streams.map { stream in
      unsafe open(directory + "/" + stream, O_RDWR | O_CLOEXEC | O_CREAT | O_NOFOLLOW, 0o600)
    }
    descriptors = opened
    if opened.contains(where: { $0 < 0 }) { return nil }
  }

  deinit { for descriptor in descriptors where descriptor >= 0 { close(descriptor) } }

  /// At most so many bytes of a stream; none at its end.
  func read(_ stream: Int, at offset: Int, most: Int) -> [UInt8] {
    var buffer = [UInt8](repeating: 0, count: most)
    let count = unsafe buffer.withUnsafeMutableBytes { unsafe pread(descriptors[stream], $0.baseAddress, $0.count, offset) }
    return count > 0 ? Array(buffer[..<count]) : []
  }

  /// In bytes.
  func size(_ stream: Int) -> Int {
    var status = stat()
    return unsafe fstat(descriptors[stream], &status) == 0 ? Int(status.st_size) : 0
  }

  /// Gives the disk's room back that was published long ago.
  func release(_ stream: Int, before offset: Int) {
    guard offset > Self.keptBytes else { return }
    _ = linux_free_beginning(descriptors[stream], Int64(offset - Self.keptBytes))
  }
}

/// Wakes a thread: when somebody calls, or when one of some files grows.
final class OutputWatch: Sendable {
  private let event: Int32
  private let growth: Int32

  /// Without a watch of the system the files are looked at so often.
  private static let patienceMilliseconds: Int32 = 200

  init?() {
    event = linux_event_make()
    growth = linux_watch_make()
    if event < 0 { return nil }
  }

  deinit {
    close(event)
    if growth >= 0 { close(growth) }
  }

  func add(_ path: String) { if growth >= 0 { _ = unsafe linux_watch_add(growth, path) } }

  func wake() {
    var one: UInt64 = 1
    _ = unsafe write(event, &one, 8)
  }

  func wait(hasMore: Bool) {
    var waited = [pollfd(fd: event, events: Int16(POLLIN), revents: 0), pollfd(fd: growth, events: Int16(POLLIN), revents: 0)]
    _ = unsafe poll(&waited, 2, hasMore ? 0 : growth < 0 ? Self.patienceMilliseconds : -1)
    var buffer = [UInt8](repeating: 0, count: 16 << 10)
    for one in waited where one.revents != 0 {
      while unsafe buffer.withUnsafeMutableBytes({ unsafe read(one.fd, $0.baseAddress, $0.count) }) > 0 {}
    }
  }
}
