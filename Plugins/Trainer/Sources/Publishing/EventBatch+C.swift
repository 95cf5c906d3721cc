// SPDX-License-Identifier: Apache-2.0
// The records of events, as they lie in memory and in the spool's files alike, so that neither way needs a conversion.

internal import Glibc

/// Events in order, one record behind the other in one buffer.
///
/// A record is 16 bytes (check 8, length 4, mark 3, topic 1; this machine's byte order) and the line. The check is filled in by `seal`.
struct EventBatch: Sendable, Equatable {
  /// An event in the batch.
  struct Entry: Equatable {
    let topic: TrainerTopic
    /// Where its line lies in `records`.
    let line: Range<Int>
  }

  /// Of a record, before its line.
  static let headerBytes = 16
  private static let mark: UInt32 = 0x004A_4631
  private static let markMask: UInt32 = 0x00FF_FFFF

  private(set) var records: [UInt8] = []

  init() {}

  /// Takes over what was read from a file, up to the first record that is not whole.
  ///
  /// - Returns: Nil for nothing wrong with the records that are there, else where the first broken one begins.
  static func reading(_ bytes: [UInt8]) -> (batch: EventBatch, brokenAt: Int?) {
    var batch = EventBatch()
    batch.records = bytes
    var offset = 0
    while let entry = batch.entry(at: offset) {
      guard batch.isWhole(at: offset, entry) else {
        batch.truncate(to: offset)
        return (batch, offset)
      }
      offset = entry.line.upperBound
    }
    let isBroken = offset < bytes.count && !batch.isBeginning(at: offset)
    batch.truncate(to: offset)
    return (batch, isBroken ? offset : nil)
  }

  /// What the batch is taken to cost in memory: its bytes and the bookkeeping around them.
  var cost: Int { records.count + 64 }
  var isEmpty: Bool { records.isEmpty }

  mutating func reserve(_ bytes: Int) { records.reserveCapacity(bytes) }

  /// Copies an event in.
  mutating func append(_ line: Span<UInt8>, on topic: TrainerTopic) {
    var header = (UInt64(0), UInt32(line.count), Self.mark | UInt32(topic.rawValue) << 24)
    unsafe withUnsafeBytes(of: &header) { unsafe records.append(contentsOf: $0) }
    Trainer.append(line, to: &records)
  }

  mutating func append(_ other: EventBatch) { records += other.records }

  /// The event whose record begins at an offset; nil at the end. Begin at 0 and go on where a line ends.
  func entry(at offset: Int) -> Entry? {
    guard let header = header(at: offset) else { return nil }
    let start = offset + Self.headerBytes
    guard header.mark & Self.markMask == Self.mark, start + Int(header.length) <= records.count else { return nil }
    // A topic of a newer release has no name here.
    return Entry(topic: TrainerTopic(rawValue: UInt8(header.mark >> 24)) ?? .other, line: start..<start + Int(header.length))
  }

  /// The events from an offset on.
  func suffix(from offset: Int) -> EventBatch {
    var rest = EventBatch()
    rest.records = Array(records[offset...])
    return rest
  }

  /// How large a record is, by its first 16 bytes; nil when no record begins like that.
  static func recordBytes(_ beginning: [UInt8]) -> Int? {
    var batch = EventBatch()
    batch.records = beginning
    guard let header = batch.header(at: 0), header.mark & markMask == mark else { return nil }
    return headerBytes + Int(header.length)
  }
}

// MARK: - Checks

extension EventBatch {
  /// Fills the checks in.
  mutating func seal() {
    var offset = 0
    while let entry = entry(at: offset) {
      let check = check(at: offset, entry)
      unsafe records.withUnsafeMutableBytes { unsafe $0.storeBytes(of: check, toByteOffset: offset, as: UInt64.self) }
      offset = entry.line.upperBound
    }
  }

  private func isWhole(at offset: Int, _ entry: Entry) -> Bool { header(at: offset)?.check == check(at: offset, entry) }

  /// Whether a record may begin there whose end has not been read.
  private func isBeginning(at offset: Int) -> Bool {
    header(at: offset).map { $0.mark & Self.markMask == Self.mark } ?? true
  }

  private mutating func truncate(to count: Int) {
    guard count < records.count else { return }
    records.removeLast(records.count - count)
  }

  private func header(at offset: Int) -> (check: UInt64, length: UInt32, mark: UInt32)? {
    guard offset + Self.headerBytes <= records.count else { return nil }
    return unsafe records.withUnsafeBytes { bytes in
      unsafe (
        bytes.loadUnaligned(fromByteOffset: offset, as: UInt64.self), bytes.loadUnaligned(fromByteOffset: offset + 8, as: UInt32.self),
        bytes.loadUnaligned(fromByteOffset: offset + 12, as: UInt32.self)
      )
    }
  }

  /// Of length, topic and line: word by word, multiplied and folded. It finds torn and stale records; it is no protection against malice.
  private func check(at offset: Int, _ entry: Entry) -> UInt64 {
    unsafe records.withUnsafeBytes { bytes in
      let (start, end) = (offset + 8, entry.line.upperBound)
      var hash: UInt64 = 0x9E37_79B9_7F4A_7C15
      func mix(_ word: UInt64) {
        hash = (hash ^ word) &* 0xFF51_AFD7_ED55_8CCD
        hash ^= hash >> 32
      }
      var index = start
      while index + 8 <= end {
        mix(unsafe bytes.loadUnaligned(fromByteOffset: index, as: UInt64.self))
        index += 8
      }
      while index < end {
        mix(UInt64(unsafe bytes[index]))
        index += 1
      }
      return hash
    }
  }
}
