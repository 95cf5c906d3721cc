// SPDX-License-Identifier: Apache-2.0

internal import CLinux
internal import Glibc

/// Waits on a Unix socket that only its owner may use for processes that want a `DescriptorChannel`.
public final class DescriptorListener: Sendable {
  static let kind = Int32(SOCK_SEQPACKET.rawValue) | Int32(SOCK_CLOEXEC.rawValue)

  /// For pollers and for `SpawnOrder.passed`; closed with the listener.
  public let descriptor: Int32
  /// Where it listens.
  public let path: String
  private let file: FileNumber?

  /// One file, whatever its name.
  private struct FileNumber: Sendable, Equatable {
    var device: UInt
    var number: UInt

    init?(_ path: String) {
      var status = stat()
      guard unsafe lstat(path, &status) == 0 else { return nil }
      device = UInt(status.st_dev)
      number = UInt(status.st_ino)
    }
  }

  /// Listens on a path. What has this name already is replaced; who waits there goes on without a name.
  public init(path: String) throws(ProcessesError) {
    let made = Self.makeSocket()
    guard made >= 0 else { throw ProcessesError("socket", path, code: errno, "cannot make a socket for '\(path)'") }
    // What bind makes takes its rights from the socket.
    fchmod(made, 0o600)
    _ = unsafe unlink(path)
    let code = unsafe Self.withAddress(path) { unsafe bind(made, $0, $1) }
    guard code == 0, listen(made, 8) == 0 else {
      let reason = code == 0 ? errno : code
      close(made)
      throw ProcessesError("bind", path, code: reason, "cannot wait on '\(path)'")
    }
    descriptor = made
    self.path = path
    file = FileNumber(path)
  }

  /// Takes over a descriptor that listens already.
  public init(adopting descriptor: Int32, path: String) {
    self.descriptor = descriptor
    self.path = path
    file = FileNumber(path)
  }

  deinit { close(descriptor) }

  /// Takes who connected.
  ///
  /// - Returns: Nil when nobody did; does not wait for longer than one takes to come.
  public func accept() -> DescriptorChannel? {
    let made = linux_accept(descriptor)
    return made >= 0 ? DescriptorChannel(adopting: made) : nil
  }

  /// Removes the name, unless somebody else has it by now.
  public func removeFile() {
    guard let file, FileNumber(path) == file else { return }
    _ = unsafe unlink(path)
  }

  static func makeSocket() -> Int32 { socket(AF_UNIX, kind, 0) }

  /// Calls a function of sockets with an address.
  ///
  /// - Returns: 0, or errno.
  static func withAddress(_ path: String, _ body: (UnsafePointer<sockaddr>, socklen_t) -> Int32) -> Int32 {
    var address = sockaddr_un()
    address.sun_family = sa_family_t(AF_UNIX)
    let bytes = Array(path.utf8)
    guard bytes.count < MemoryLayout.size(ofValue: address.sun_path) else { return ENAMETOOLONG }
    unsafe withUnsafeMutableBytes(of: &address.sun_path) { unsafe $0.copyBytes(from: bytes) }
    let size = socklen_t(MemoryLayout<sockaddr_un>.size)
    let result = unsafe withUnsafePointer(to: &address) { pointer in
      unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { unsafe body($0, size) }
    }
    return result == 0 ? 0 : errno
  }
}
