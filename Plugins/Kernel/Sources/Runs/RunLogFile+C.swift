// SPDX-License-Identifier: Apache-2.0
// Chunks of a run on disk, each behind its length in four bytes; where some are missing, a length that no chunk has, and their number.

internal import Glibc
internal import PluginSDK

/// A file of chunks that is written at its end and read anywhere. Not for two threads at once.
final class RunLogFile: Sendable {
  /// What stands in the file behind each other.
  enum Record {
    case chunk([UInt8])
    /// So many chunks were not kept.
    case gap(Int)

    /// How many chunks it stands for.
    var count: Int {
      switch self {
      case .chunk: 1
      case .gap(let count): count
      }
    }

    /// In the file.
    var bytes: Int {
      switch self {
      case .chunk(let chunk): chunk.count + 4
      case .gap: 8
      }
    }
  }

  private static let gap = UInt32.max

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
  ///
  /// - Parameter missing: How many chunks in front of them were not kept.
  func append(_ chunks: ArraySlice<[UInt8]>, afterGap missing: Int = 0) throws {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(chunks.reduce(8) { $0 + $1.count + 4 })
    if missing > 0 {
      Self.append(Self.gap, to: &bytes)
      Self.append(UInt32(clamping: missing), to: &bytes)
    }
    for chunk in chunks {
      Self.append(UInt32(chunk.count), to: &bytes)
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

  private static func append(_ number: UInt32, to bytes: inout [UInt8]) {
    for shift in [0, 8, 16, 24] as [UInt32] { bytes.append(UInt8(truncatingIfNeeded: number >> shift)) }
  }

  /// What begins at an offset; nil at the end.
  func record(at offset: Int64) throws -> Record? {
    guard let count = try number(at: offset) else { return nil }
    if count == Self.gap { return try number(at: offset + 4).map { .gap(Int($0)) } }
    let chunk = try bytes(Int(count), at: offset + 4)
    guard chunk.count == count else { return nil }
    return .chunk(chunk)
  }

  private func number(at offset: Int64) throws -> UInt32? {
    let head = try bytes(4, at: offset)
    guard head.count == 4 else { return nil }
    return head.enumerated().reduce(0) { $0 | UInt32($1.element) << (8 * UInt32($1.offset)) }
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
