// SPDX-License-Identifier: Apache-2.0
import CLinux
import Crypto
import Glibc

/// Reads an open file from its beginning to the end it had when it was opened, block by block.
struct FileBlocks {
  private static let blockSize = 256 << 10

  private let file: PlainFile

  init(_ file: PlainFile) { self.file = file }

  /// The digest of its bytes.
  func digest() throws(TrustFault) -> SHA256Digest {
    let hash = try TrustFault.translating { () throws(CryptoError) in try SHA256() }
    try unsafe forEach { block, _ throws(TrustFault) in
      try TrustFault.translating { () throws(CryptoError) in try unsafe hash.update(block) }
    }
    return try TrustFault.translating { () throws(CryptoError) in try hash.finish() }
  }

  /// Whether another file has the same bytes. Quicker by far than its digest.
  func isSame(as other: PlainFile) throws(TrustFault) -> Bool {
    guard file.size == other.size else { return false }
    let twin = UnsafeMutableRawBufferPointer.allocate(byteCount: Self.blockSize, alignment: 64)
    defer { unsafe twin.deallocate() }
    var isSame = true
    try unsafe forEach { block, offset throws(TrustFault) in
      guard isSame else { return }
      let count = unsafe pread(other.descriptor, twin.baseAddress, block.count, off_t(offset))
      // Neither is empty: a block has at least one byte.
      isSame = unsafe count == block.count && memcmp(twin.baseAddress!, block.baseAddress!, count) == 0
    }
    return isSame
  }

  /// Copies the file into an empty one, and gives the digest of what was copied.
  ///
  /// - Parameter target: Open for reading and writing.
  func copy(to target: Int32, path: String) throws(TrustFault) -> SHA256Digest {
    // Sharing the blocks takes no time and no room. What was shared is then read from the copy, which nobody else writes to.
    if linux_clone_file(target, file.descriptor) == 0 {
      let copy = try TrustFault.translating { () throws(FileError) in try PlainFile.own(path) }
      return try FileBlocks(copy).digest()
    }
    let hash = try TrustFault.translating { () throws(CryptoError) in try SHA256() }
    try unsafe forEach { block, _ throws(TrustFault) in
      try TrustFault.translating { () throws(CryptoError) in try unsafe hash.update(block) }
      try TrustFault.translating { () throws(FileError) in try unsafe Self.write(block, to: target, path: path) }
    }
    return try TrustFault.translating { () throws(CryptoError) in try hash.finish() }
  }

  /// Lends each block with its offset.
  ///
  /// - Throws: Also when the file was written to in the meantime.
  private func forEach(_ body: (UnsafeRawBufferPointer, Int) throws(TrustFault) -> Void) throws(TrustFault) {
    let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: Self.blockSize, alignment: 64)
    defer { unsafe buffer.deallocate() }
    var offset = 0
    while offset < file.size {
      let count = try unsafe read(into: UnsafeMutableRawBufferPointer(rebasing: buffer.prefix(file.size - offset)), at: offset)
      try unsafe body(UnsafeRawBufferPointer(rebasing: UnsafeRawBufferPointer(buffer).prefix(count)), offset)
      offset += count
    }
    guard FileIdentity(descriptor: file.descriptor) == file.identity else { throw .beingWritten(file.path) }
  }

  /// At least one byte.
  private func read(into buffer: UnsafeMutableRawBufferPointer, at offset: Int) throws(TrustFault) -> Int {
    while true {
      let count = unsafe pread(file.descriptor, buffer.baseAddress, buffer.count, off_t(offset))
      if count > 0 { return count }
      if count == 0 { throw .beingWritten(file.path) }
      guard errno == EINTR else { throw TrustFault(FileError(verb: "read", path: file.path, cause: .system(errno))) }
    }
  }

  /// Writes bytes that are in memory, and gives their digest.
  static func write(_ text: [UInt8], to target: Int32, path: String) throws(TrustFault) -> SHA256Digest {
    try TrustFault.translating { () throws(FileError) in
      try unsafe text.span.withUnsafeBytes { bytes throws(FileError) in try unsafe write(bytes, to: target, path: path) }
    }
    return try TrustFault.translating { () throws(CryptoError) in try SHA256.digest(of: text) }
  }

  private static func write(_ bytes: UnsafeRawBufferPointer, to descriptor: Int32, path: String) throws(FileError) {
    var rest = unsafe bytes
    while unsafe !rest.isEmpty {
      let count = unsafe Glibc.write(descriptor, rest.baseAddress, rest.count)
      if count < 0, errno == EINTR { continue }
      guard count >= 0 else { throw FileError(verb: "write", path: path, cause: .system(errno)) }
      unsafe rest = UnsafeRawBufferPointer(rebasing: rest.dropFirst(count))
    }
  }
}

extension PlainFile {
  /// Opens a file that the host made itself.
  fileprivate static func own(_ path: String) throws(FileError) -> PlainFile {
    do throws(Failure) { return try PlainFile(path) } catch {
      switch error {
      case .notRegular: throw FileError(verb: "read", path: path, cause: .notRegular)
      case .system(let number): throw FileError(verb: "read", path: path, cause: .system(number))
      }
    }
  }
}
