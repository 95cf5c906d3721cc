// SPDX-License-Identifier: Apache-2.0

internal import PluginSDK

/// A connection file that somebody wrote.
struct ConnectionFile: Sendable {
  let path: String
  let info: ConnectionInfo
  /// Whether other users of this machine can read the key, and so run code as this user.
  let isOpenToOthers: Bool

  /// Reads it.
  ///
  /// - Throws: `PluginFailure` when another user may have written it, or it is none.
  init(_ path: String) throws {
    guard path.hasPrefix("/"), let real = LocalFiles.realPath(path), let rights = LocalFiles.rights(real) else {
      throw Self.failure(path, "there is no such file; give its path from the root on", status: .notFound)
    }
    guard rights.owner == LocalFiles.user || rights.owner == 0 else {
      throw Self.failure(path, "it belongs to another user, who would see and answer whatever is run")
    }
    guard rights.mode & 0o022 == 0 else {
      throw Self.failure(path, "other users can write it, and so answer in the kernel's place; take their right to, with 'chmod go-w'")
    }
    let bytes: [UInt8]
    do throws(LocalFileFault) { bytes = try LocalFiles.bytes(real, most: ConnectionInfo.mostBytes) } catch {
      throw Self.failure(path, error.reason)
    }
    self.path = real
    do {
      info = try ConnectionInfo(parsing: bytes)
    } catch let failure as PluginFailure {
      throw PluginFailure("'\(path)': \(failure.message)", code: failure.code, retryable: failure.retryable, status: failure.status)
    }
    isOpenToOthers = rights.mode & 0o044 != 0
  }

  private static func failure(_ path: String, _ reason: String, status: PluginFailure.Status = .invalid) -> PluginFailure {
    PluginFailure("cannot use the connection file '\(path)': \(reason)", code: "bad_connection_file", status: status)
  }
}
