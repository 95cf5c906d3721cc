// SPDX-License-Identifier: Apache-2.0

internal import WebSockets

/// A Jupyter server of this user's that runs on this machine, as it describes itself.
struct RunningServer: Sendable, Hashable {
  /// As "http://localhost:8888/base/".
  var url: String
  /// What lets others in; nil when it wants none. Never logged, shown or persisted.
  var token: String?
  /// The folder its paths begin at, absolute.
  var rootDirectory: String?
  var pid: Int32
  /// Of jupyter_server.
  var version: String?
  /// Where it listens, as it was told to.
  var hostname: String?

  private static let everywhere: Set<String> = ["", "*", "0.0.0.0", "::"]

  /// Whether that is the address of this very server: the scheme, port and path are the same, and the host is this machine.
  ///
  /// An address of another machine is never one, whatever a file says: what lets others in here is nothing to send there.
  func answers(at address: WebAddress) -> Bool {
    guard Self.isThisMachine(address.host), let own = try? WebAddress(url), own.isSecure == address.isSecure, own.port == address.port,
      Self.path(own) == Self.path(address)
    else { return false }
    return Self.isThisMachine(own.host) || hostname.map(Self.everywhere.contains) == true
  }

  private static func path(_ address: WebAddress) -> String { address.path.hasSuffix("/") ? address.path : address.path + "/" }

  /// Whether a host's name can only be this machine.
  private static func isThisMachine(_ host: String) -> Bool {
    let host = host.lowercased()
    if host == "localhost" || host == "::1" { return true }
    let parts = host.split(separator: ".", omittingEmptySubsequences: false)
    return parts.count == 4 && parts[0] == "127" && parts.allSatisfy { UInt8($0) != nil }
  }
}
