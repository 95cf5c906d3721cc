// SPDX-License-Identifier: Apache-2.0
// Chunks of a run on disk, each behind its length in four bytes.

internal import Glibc
internal import PluginSDK

/// A file of chunks that is written at its end and read anywhere. Not for two threads at once.
final class RunLogFile: Sendable {
  private let path: String
  private let descriptor: Int32

  /// Makes the file, or empties it.
  init(path: String) throws {
    self.path = path
    descriptor = unsafe open(path, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0o600)
    guard descriptor >= 0 else { throw Self.failure("make", path) }
  }

  deinit { close(descriptor) }

  /// Adds chunks at the end: all of them, or none.
  func append(_ chunks: ArraySlice<[UInt8]>) throws {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(chunks.reduce(0) { $0 + $1.count + 4 })
    for chunk in chunks {
      let count = UInt32(chunk.count)
      for shift in [0, 8, 16, 24] as [UInt32] { bytes.append(UInt8(truncatingIfNeeded: count >> shift)) }
      bytes += chunk
    }
    let end = lseek(descriptor, 0, SEEK_END)
    var written = 0
    while written < bytes.count {
      let taken = unsafe bytes.withUnsafeBytes { unsafe pwrite(descriptor, $0.baseAddress! + written, $0.count - written, end + written) }
      guard taken > 0 else {
        if taken < 0 && errno == EINTR { continue }
        let failure = Self.failure("write to", path)
        ftruncate(descriptor, end)
        throw failure
      }
      written += taken
    }
  }

  /// The chunk that begins at an offset; nil at the end.
  func chunk(at offset: Int64) throws -> [UInt8]? {
    let head = try bytes(4, at: offset)
    guard head.count == 4 else { return nil }
    let count = head.enumerated().reduce(0) { $0 | Int($1.element) << (8 * $1.offset) }
    let chunk = try bytes(count, at: offset + 4)
    guard chunk.count == count else { return nil }
    return chunk
  }

  private func bytes(_ count: Int, at offset: Int64) throws -> [UInt8] {
    var failed = false
    let bytes = unsafe [UInt8](unsafeUninitializedCapacity: count) { buffer, taken in
      taken = 0
      while taken < count {
        let some = unsafe pread(descriptor, buffer.baseAddress! + taken, count - taken, Int(offset) + taken)
        if some < 0 && errno == EINTR { continue }
        failed = some < 0
        guard some > 0 else { break }
        taken += some
      }
    }
    if failed { throw Self.failure("read", path) }
    return bytes
  }

  /// Removes a file, if it is there.
  static func remove(_ path: String) { _ = unsafe unlink(path) }

  private static func failure(_ what: String, _ path: String) -> PluginFailure {
    PluginFailure("cannot \(what) the events of a run in '\(path)': \(unsafe String(cString: strerror(errno)))")
  }
}
