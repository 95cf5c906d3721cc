// SPDX-License-Identifier: Apache-2.0

/// What a check found, or that it could not tell.
enum Verdict: String, Sendable, CaseIterable, Comparable {
  case ok, warning
  /// The check could not be made, or its answer could not be read.
  case error
  case failed

  /// Better before worse.
  static func < (left: Verdict, right: Verdict) -> Bool { left.rank < right.rank }

  private var rank: Int {
    switch self {
    case .ok: 0
    case .warning: 1
    case .error: 2
    case .failed: 3
    }
  }
}
