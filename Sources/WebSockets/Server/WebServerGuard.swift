// SPDX-License-Identifier: Apache-2.0

/// Tells the programs that were meant from pages of other sites, by `Host` and `Origin`.
struct WebServerGuard {
  private let hosts: Set<String>
  private let isUnixSocket: Bool
  private let origins: WebServerSettings.Origins

  /// - Parameter port: Nil: a Unix socket, whose clients send any `Host`, and which no browser reaches.
  init(_ settings: WebServerSettings, port: Int?) {
    var hosts = Set(settings.otherHosts.map { $0.lowercased() })
    for name in ["127.0.0.1", "localhost", "[::1]"] {
      if let port { hosts.insert("\(name):\(port)") }
      if port == 80 { hosts.insert(name) }
    }
    self.hosts = hosts
    isUnixSocket = port == nil
    origins = settings.origins
  }

  /// Why a request is refused; nil: it is not.
  func refusal(_ head: WebServerHead) -> WebRefusal? {
    let host = head["host"]?.lowercased() ?? ""
    guard isUnixSocket || hosts.contains(host) else { return WebRefusal(status: 403, reason: "this host is not served here") }
    let named = head.headers.filter { $0.name == "origin" }.map { $0.value.lowercased() }
    guard named.isEmpty || isAllowed(named, host) else { return WebRefusal(status: 403, reason: "pages of this origin may not ask") }
    return nil
  }

  private func isAllowed(_ named: [String], _ host: String) -> Bool {
    switch origins {
    case .none: false
    case .any: true
    case .sameHost(let others):
      named.count == 1
        && (named[0] == "http://\(host)" || named[0] == "https://\(host)" || others.contains { $0.lowercased() == named[0] })
    }
  }
}
