// SPDX-License-Identifier: Apache-2.0

internal import Glibc

/// Lines on disk, first in, first out: a byte for the topic, four for the length, the line. Gone when all is read.
///
/// What a stop or a crash leaves is read at the next start; lines read before a crash come again then.
struct SpoolFile: ~Copyable {
  /// Why a file could not be written.
  struct Failure: Error, CustomStringConvertible {
    let description: String
  }

  private static let headSize = 5
  private static let readSize = 4 << 20

  private let path: String
  private var descriptor: Int32 = -1
  private var readOffset = 0
  private var writeOffset = 0

  /// Takes over what an earlier life left at that path.
  init(path: String) {
    self.path = path
    descriptor = unsafe open(path, O_RDWR | O_CLOEXEC)
    guard descriptor >= 0 else { return }
    writeOffset = Int(lseek(descriptor, 0, SEEK_END))
    if writeOffset == 0 { remove() }
  }

  deinit { if descriptor >= 0 { close(descriptor) } }

  /// Bytes not yet read.
  var waiting: Int { writeOffset - readOffset }

  /// Appends a line.
  mutating func append(_ line: Span<UInt8>, for kind: TopicKind) throws(Failure) {
    if descriptor < 0 { descriptor = unsafe open(path, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0o600) }
    guard descriptor >= 0 else { throw failure() }
    var record = [kind.rawValue]
    record.reserveCapacity(Self.headSize + line.count)
    for shift in [0, 8, 16, 24] { record.append(UInt8(truncatingIfNeeded: line.count >> shift)) }
    record.append(copying: line)
    var done = 0
    while done < record.count {
      let count = unsafe record.withUnsafeBytes {
        unsafe pwrite(descriptor, $0.baseAddress! + done, $0.count - done, off_t(writeOffset + done))
      }
      if count < 0, errno == EINTR { continue }
      // Half a record lies behind the end as we know it, and is written over.
      guard count > 0 else { throw failure() }
      done += count
    }
    writeOffset += record.count
  }

  /// Appends the lines of a batch from one on.
  mutating func append(_ batch: SpoolBatch, from first: Int) throws(Failure) {
    for index in first..<batch.count { try append(batch.bytes.span.extracting(batch.range(of: index)), for: batch.kind(of: index)) }
  }

  /// Reads some lines, in order; none when nothing waits. Removes the file after the last.
  mutating func read() -> SpoolBatch {
    var batch = SpoolBatch()
    var size = Self.readSize
    while batch.count == 0, waiting > 0 {
      let bytes = readBytes(min(size, waiting))
      readOffset += parse(bytes, into: &batch)
      if batch.count == 0 {
        // Either one line larger than the buffer, or a torn end: then all was read and there is no more to come.
        if bytes.count >= waiting { readOffset = writeOffset }
        size *= 4
      }
    }
    if waiting == 0 { remove() }
    return batch
  }

  private func readBytes(_ size: Int) -> [UInt8] {
    unsafe [UInt8](unsafeUninitializedCapacity: size) { buffer, count in
      count = unsafe max(0, pread(descriptor, buffer.baseAddress, size, off_t(readOffset)))
    }
  }

  /// - Returns: How many bytes whole records take.
  private func parse(_ bytes: [UInt8], into batch: inout SpoolBatch) -> Int {
    var offset = 0
    while offset + Self.headSize <= bytes.count {
      let length = (0..<4).reduce(0) { $0 | Int(bytes[offset + 1 + $1]) << (8 * $1) }
      let start = offset + Self.headSize
      guard start + length <= bytes.count else { break }
      // A topic of a newer release has no name here.
      batch.append(bytes.span.extracting(start..<start + length), for: TopicKind(rawValue: bytes[offset]) ?? .other)
      offset = start + length
    }
    return offset
  }

  private mutating func remove() {
    if descriptor >= 0 { close(descriptor) }
    descriptor = -1
    readOffset = 0
    writeOffset = 0
    _ = unsafe unlink(path)
  }

  private func failure() -> Failure {
    Failure(description: "cannot write '\(path)': \(unsafe String(cString: strerror(errno)))")
  }
}
