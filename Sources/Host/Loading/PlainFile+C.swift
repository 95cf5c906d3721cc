// SPDX-License-Identifier: Apache-2.0
import Glibc

extension PlainFile {
  /// Exactly `count` bytes from `offset`; nil when the file does not have them all.
  func bytes(at offset: Int, count: Int) -> [UInt8]? {
    guard offset >= 0, count >= 0, offset <= size, count <= size - offset else { return nil }
    guard count > 0 else { return [] }
    let bytes = unsafe [UInt8](unsafeUninitializedCapacity: count) { buffer, filled in
      while filled < count {
        let got = unsafe pread(descriptor, buffer.baseAddress! + filled, count - filled, off_t(offset + filled))  // not empty: count > 0
        if got < 0, errno == EINTR { continue }
        guard got > 0 else { return }
        filled += got
      }
    }
    return bytes.count == count ? bytes : nil
  }

  /// All bytes up to the file's end, whatever size it claims; nil when there are more than `limit`.
  func everything(limit: Int) -> [UInt8]? {
    var all: [UInt8] = []
    var block = [UInt8](repeating: 0, count: 64 << 10)
    while true {
      let got = unsafe block.withUnsafeMutableBytes { unsafe pread(descriptor, $0.baseAddress, $0.count, off_t(all.count)) }
      if got < 0, errno == EINTR { continue }
      guard got >= 0, all.count + got <= limit else { return nil }
      if got == 0 { return all }
      all += block.prefix(got)
    }
  }
}
