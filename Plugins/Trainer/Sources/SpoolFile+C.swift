// SPDX-License-Identifier: Apache-2.0

internal import Glibc
internal import Synchronization

/// A file of arrivals: appended behind, read back in order, removed when read.
///
/// A record is 16 bytes (connection 8, length 4, kind 1, nothing 3; this machine's byte order) and the bytes. Only the process that
/// wrote it reads it.
final class SpoolFile: Sendable {
  private struct Offsets {
    var read: Int = 0
    var written: Int = 0
  }

  private static let headerBytes = 16

  private let path: String
  private let descriptor: Int32
  private let offsets = Mutex(Offsets())

  /// Makes the file and its directory; one left behind by a crash is replaced.
  init(path: String) throws(SystemError) {
    self.path = path
    if let slash = path.lastIndex(of: "/") { _ = unsafe mkdir(String(path[..<slash]), 0o700) }
    _ = unsafe unlink(path)
    descriptor = unsafe open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0o600)
    guard descriptor >= 0 else { throw Self.failure("make", path) }
  }

  deinit { _ = close(descriptor) }

  /// How many bytes wait to be read.
  var waitingBytes: Int { offsets.withLock { $0.written - $0.read } }

  /// Adds a record. A failed one leaves no trace.
  func append(_ arrival: Arrival) throws(SystemError) {
    let record = Self.header(of: arrival) + arrival.bytes
    try offsets.withLock { offsets throws(SystemError) in
      try write(record, at: offsets.written)
      offsets.written += record.count
    }
  }

  /// Reads the oldest records: at least one, and no more than `limit` bytes beyond that.
  func take(upTo limit: Int) throws(SystemError) -> [Arrival] {
    try offsets.withLock { offsets throws(SystemError) in
      var arrivals: [Arrival] = []
      var taken = 0
      while offsets.read < offsets.written, taken < limit {
        var arrival = try Self.arrival(of: read(Self.headerBytes, at: offsets.read))
        arrival.record.bytes = try read(arrival.length, at: offsets.read + Self.headerBytes)
        offsets.read += Self.headerBytes + arrival.length
        taken += Self.headerBytes + arrival.length
        arrivals.append(arrival.record)
      }
      return arrivals
    }
  }

  /// Takes the file's name away; its space is free when this object is.
  func remove() { _ = unsafe unlink(path) }

  // MARK: - Records

  private static func header(of arrival: Arrival) -> [UInt8] {
    var header = [UInt8](repeating: 0, count: headerBytes)
    unsafe header.withUnsafeMutableBytes { bytes in
      unsafe bytes.storeBytes(of: arrival.connection, toByteOffset: 0, as: UInt64.self)
      unsafe bytes.storeBytes(of: UInt32(arrival.bytes.count), toByteOffset: 8, as: UInt32.self)
      unsafe bytes.storeBytes(of: arrival.kind.rawValue, toByteOffset: 12, as: UInt8.self)
    }
    return header
  }

  private static func arrival(of header: [UInt8]) throws(SystemError) -> (record: Arrival, length: Int) {
    let connection = unsafe header.withUnsafeBytes { unsafe $0.loadUnaligned(fromByteOffset: 0, as: UInt64.self) }
    let length = unsafe header.withUnsafeBytes { unsafe $0.loadUnaligned(fromByteOffset: 8, as: UInt32.self) }
    guard let kind = Arrival.Kind(rawValue: header[12]) else {
      throw SystemError(description: "the spool file was changed by somebody else")
    }
    return (Arrival(kind, on: connection), Int(length))
  }

  // MARK: - Bytes

  private func write(_ bytes: [UInt8], at offset: Int) throws(SystemError) {
    var done = 0
    while done < bytes.count {
      // A record is never empty.
      let count = unsafe bytes.withUnsafeBytes { unsafe pwrite(descriptor, $0.baseAddress! + done, $0.count - done, offset + done) }
      if count < 0, errno == EINTR { continue }
      guard count > 0 else {
        let failure = Self.failure("write", path)
        _ = ftruncate(descriptor, offset)
        throw failure
      }
      done += count
    }
  }

  private func read(_ count: Int, at offset: Int) throws(SystemError) -> [UInt8] {
    guard count > 0 else { return [] }
    var done = 0
    var broken = false
    let bytes = unsafe [UInt8](unsafeUninitializedCapacity: count) { buffer, initialized in
      while done < count {
        let got = unsafe pread(descriptor, buffer.baseAddress! + done, count - done, offset + done)  // capacity is above zero
        if got < 0, errno == EINTR { continue }
        guard got > 0 else {
          broken = true
          break
        }
        done += got
      }
      initialized = done
    }
    if broken { throw Self.failure("read", path) }
    return bytes
  }

  private static func failure(_ verb: String, _ path: String) -> SystemError {
    SystemError(description: "cannot \(verb) the spool file '\(path)': \(unsafe String(cString: strerror(errno)))")
  }
}
