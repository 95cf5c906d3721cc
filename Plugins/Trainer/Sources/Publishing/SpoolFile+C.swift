// SPDX-License-Identifier: Apache-2.0

internal import Glibc
internal import Synchronization

/// A file of events: appended behind, read back in order, removed when all of it is published.
///
/// It begins with 16 bytes (a mark of 8, and where the first event stands that is not published) and goes on with records, see
/// `EventBatch`. What a stop or a crash leaves is read at the next start.
final class SpoolFile: Sendable {
  /// A piece that was read.
  struct Piece {
    var events: EventBatch
    /// Where it begins in the file.
    var start: Int
    /// How many bytes behind it cannot be read: their writing was cut off, or somebody changed them.
    var tornBytes = 0
  }

  private struct Offsets {
    var read = headBytes
    var written = headBytes
  }

  private static let headBytes = 16
  private static let mark = Array("JFspool1".utf8)
  private static let prefix = "events-"
  private static let mostFiles = UInt64.max / 2

  /// Files are read in the order of their numbers.
  let number: UInt64
  /// An earlier life of the plugin wrote it.
  let isLeftover: Bool
  private let path: String
  private let descriptor: Int32
  private let offsets: Mutex<Offsets>

  /// Makes a file, and its directory when that is missing.
  init(new number: UInt64, in directory: String) throws(SystemError) {
    self.number = number
    isLeftover = false
    path = Self.path(number, directory)
    _ = unsafe mkdir(directory, 0o700)
    descriptor = unsafe open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0o600)
    guard descriptor >= 0 else { throw Self.failure("make", path) }
    offsets = Mutex(Offsets())
    do {
      try write(Self.mark + Self.bytes(of: Self.headBytes), at: 0)
    } catch {
      remove()
      throw error
    }
  }

  /// Opens a file that was left behind.
  init(leftover number: UInt64, in directory: String) throws(SystemError) {
    self.number = number
    isLeftover = true
    path = Self.path(number, directory)
    descriptor = unsafe open(path, O_RDWR | O_CLOEXEC | O_NOFOLLOW)
    guard descriptor >= 0 else { throw Self.failure("open", path) }
    let size = Int(lseek(descriptor, 0, SEEK_END))
    offsets = Mutex(Offsets(read: 0, written: max(0, size)))
    let head = size < Self.headBytes ? [] : try read(Self.headBytes, at: 0)
    let published = head.isEmpty ? 0 : unsafe head.withUnsafeBytes { unsafe $0.loadUnaligned(fromByteOffset: 8, as: Int.self) }
    // A file that does not begin as it should counts as torn from its beginning, at the first reading.
    guard head.starts(with: Self.mark), Self.headBytes...size ~= published else { return }
    offsets.withLock { $0.read = published }
  }

  deinit { _ = close(descriptor) }

  /// The numbers of the files in a directory, in order.
  static func numbers(in directory: String) -> [UInt64] {
    guard let listing = unsafe opendir(directory) else { return [] }
    defer { unsafe closedir(listing) }
    var numbers: [UInt64] = []
    while let entry = unsafe readdir(listing) {
      let name = unsafe withUnsafePointer(to: &entry.pointee.d_name) {
        unsafe $0.withMemoryRebound(to: CChar.self, capacity: 256) { unsafe String(cString: $0) }
      }
      guard name.hasPrefix(prefix), name.utf8.count == prefix.utf8.count + 16 else { continue }
      guard let number = UInt64(name.dropFirst(prefix.count), radix: 16), number < mostFiles else { continue }
      numbers.append(number)
    }
    return numbers.sorted()
  }

  /// How many bytes wait to be read.
  var waitingBytes: Int { offsets.withLock { $0.written - $0.read } }

  /// How long it is.
  var size: Int { offsets.withLock { $0.written } }

  /// Adds events, and seals them. If that fails nothing of them is in the file.
  func append(_ events: inout EventBatch) throws(SystemError) {
    events.seal()
    let records = events.records
    try offsets.withLock { offsets throws(SystemError) in
      try write(records, at: offsets.written)
      offsets.written += records.count
    }
  }

  /// Reads the oldest events: at least one if there is one, and no more than `limit` bytes beyond that.
  func take(upTo limit: Int) throws(SystemError) -> Piece {
    try offsets.withLock { offsets throws(SystemError) in
      let start = offsets.read
      guard start >= Self.headBytes else { return tearOff(at: start, &offsets) }
      let waiting = offsets.written - start
      var (events, brokenAt) = EventBatch.reading(try read(min(limit, waiting), at: start))
      if events.isEmpty, brokenAt == nil, let size = try firstRecordBytes(at: start, waiting), size <= waiting {
        (events, brokenAt) = EventBatch.reading(try read(size, at: start))
      }
      offsets.read += events.records.count
      guard brokenAt != nil || events.isEmpty else { return Piece(events: events, start: start) }
      var piece = tearOff(at: offsets.read, &offsets)
      piece.events = events
      piece.start = start
      return piece
    }
  }

  /// Notes for a later life that everything that was read is published.
  func publishedAll() { note(published: offsets.withLock { $0.read }) }

  /// Goes back to an offset in a piece that was read and not published from there on.
  func unread(to offset: Int) {
    offsets.withLock { $0.read = offset }
    note(published: offset)
  }

  private func note(published offset: Int) {
    // When that fails, the events come twice.
    try? write(Self.bytes(of: offset), at: Self.mark.count)
  }

  /// Takes the file's name away; its space is free when this object is.
  func remove() { _ = unsafe unlink(path) }

  private static func path(_ number: UInt64, _ directory: String) -> String {
    let digits = String(number, radix: 16)
    return directory + "/" + prefix + String(repeating: "0", count: 16 - digits.count) + digits
  }

  private func firstRecordBytes(at offset: Int, _ waiting: Int) throws(SystemError) -> Int? {
    EventBatch.recordBytes(try read(min(waiting, EventBatch.headerBytes), at: offset))
  }

  /// Gives up what is behind an offset.
  private func tearOff(at offset: Int, _ offsets: inout Offsets) -> Piece {
    defer { offsets.read = offsets.written }
    return Piece(events: EventBatch(), start: offset, tornBytes: offsets.written - offset)
  }
}

// MARK: - Bytes

extension SpoolFile {
  private static func bytes(of number: Int) -> [UInt8] { unsafe withUnsafeBytes(of: number) { unsafe Array($0) } }

  private func write(_ bytes: [UInt8], at offset: Int) throws(SystemError) {
    var done = 0
    while done < bytes.count {
      // There is something: `bytes` is not empty.
      let count = unsafe bytes.withUnsafeBytes { unsafe pwrite(descriptor, $0.baseAddress! + done, $0.count - done, offset + done) }
      if count < 0, errno == EINTR { continue }
      guard count > 0 else {
        let failure = Self.failure("write", path)
        // What is there already stays; a piece of a record goes.
        if offset >= Self.headBytes { _ = ftruncate(descriptor, offset) }
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
