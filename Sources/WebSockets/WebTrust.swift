// SPDX-License-Identifier: Apache-2.0

/// Whose certificates are believed on encrypted connections.
public struct WebTrust: Sendable, Hashable {
  /// A PEM file of authorities to believe beside the system's; nil: only the system's.
  public var authorities: String?
  /// Whether any certificate will do. For a server on this machine with one it signed itself; never across a network.
  public var believesAnything: Bool

  /// Believes the system's authorities, and those of a file.
  public init(authorities: String? = nil, believesAnything: Bool = false) {
    self.authorities = authorities
    self.believesAnything = believesAnything
  }
}
