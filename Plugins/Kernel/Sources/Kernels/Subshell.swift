// SPDX-License-Identifier: Apache-2.0

/// Whether a kernel really answers beside its main shell. That it says so proves nothing: kernels inherit the claim.
enum Subshell: Sendable, Hashable {
  case untried
  case trying
  case works(String)
  case absent

  /// Nil when nobody tried yet.
  var isKnownToWork: Bool? {
    switch self {
    case .untried, .trying: nil
    case .works: true
    case .absent: false
    }
  }
}
