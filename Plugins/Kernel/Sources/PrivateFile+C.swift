// SPDX-License-Identifier: Apache-2.0

internal import Glibc
internal import PluginSDK

/// Writes files that only their owner reads.
enum PrivateFile {
  /// Replaces a file, all or nothing; mode 0600.
  static func write(_ bytes: [UInt8], to path: String) throws {
    let half = "\(path).\(getpid()).new"
    let descriptor = unsafe open(half, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o600)
    guard descriptor >= 0 else { throw failure("make", half) }
    var written = 0
    while written < bytes.count {
      let taken = unsafe bytes.withUnsafeBytes { unsafe Glibc.write(descriptor, $0.baseAddress! + written, $0.count - written) }
      if taken < 0 && errno == EINTR { continue }
      guard taken > 0 else { break }
      written += taken
    }
    let isWhole = written == bytes.count && fsync(descriptor) == 0
    let failed = failure("write", half)
    close(descriptor)
    guard isWhole, unsafe rename(half, path) == 0 else {
      unsafe unlink(half)
      throw failed
    }
  }

  private static func failure(_ what: String, _ path: String) -> PluginFailure {
    PluginFailure("cannot \(what) '\(path)': \(unsafe String(cString: strerror(errno)))")
  }
}
