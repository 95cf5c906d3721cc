// SPDX-License-Identifier: Apache-2.0

/// Which values of `Host` are served on a Unix socket; on a port the server itself looks.
///
/// Whoever stands in front of the socket may send what a browser sent, and a name of somebody else's may point to this machine.
struct HostNames: Sendable {
  private let others: Set<String>

  init(_ others: [String]) { self.others = Set(others.map { $0.lowercased() }) }

  /// This machine's names with any port, and those that are configured.
  func contains(_ host: String) -> Bool {
    let host = host.lowercased()
    if others.contains(host) { return true }
    return ["localhost", "127.0.0.1", "[::1]"].contains { name in
      guard host.hasPrefix(name) else { return false }
      let rest = host.dropFirst(name.count)
      return rest.isEmpty || (rest.first == ":" && rest.dropFirst().allSatisfy { $0.isASCII && $0.isNumber })
    }
  }
}
