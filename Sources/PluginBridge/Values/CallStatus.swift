// SPDX-License-Identifier: Apache-2.0

/// The outcome of a call: the contract's `jf_status`, an open set.
package struct CallStatus: RawRepresentable, Sendable, Hashable {
  package let rawValue: Int32

  package init(rawValue: Int32) { self.rawValue = rawValue }

  package static let ok = CallStatus(rawValue: 0)
  package static let pending = CallStatus(rawValue: 1)
  package static let failed = CallStatus(rawValue: -1)
  package static let invalid = CallStatus(rawValue: -2)
  package static let notFound = CallStatus(rawValue: -3)
  package static let unsupported = CallStatus(rawValue: -4)
  package static let denied = CallStatus(rawValue: -5)
  package static let cancelled = CallStatus(rawValue: -6)
  package static let deadline = CallStatus(rawValue: -7)
  package static let again = CallStatus(rawValue: -8)
  package static let gone = CallStatus(rawValue: -9)
  package static let cycle = CallStatus(rawValue: -10)
  package static let tooLarge = CallStatus(rawValue: -11)
  package static let stopping = CallStatus(rawValue: -12)
  package static let busy = CallStatus(rawValue: -13)

  package var isFailure: Bool { rawValue < 0 }

  /// Whether the same call may succeed a little later, unchanged.
  package var isRetryable: Bool {
    self == .again || self == .busy || self == .gone || self == .stopping
  }

  /// The word used in JSON: "not_found", or "status_-42" for one this host does not know.
  package var name: String {
    switch self {
    case .ok: "ok"
    case .pending: "pending"
    case .failed: "failed"
    case .invalid: "invalid"
    case .notFound: "not_found"
    case .unsupported: "unsupported"
    case .denied: "denied"
    case .cancelled: "cancelled"
    case .deadline: "deadline"
    case .again: "again"
    case .gone: "gone"
    case .cycle: "cycle"
    case .tooLarge: "too_large"
    case .stopping: "stopping"
    case .busy: "busy"
    default: "status_\(rawValue)"
    }
  }
}
