// SPDX-License-Identifier: Apache-2.0

/// An expression that is looked at again whenever the state of a kernel may have changed.
struct Watch: Sendable, Hashable {
  /// Which kernel it is asked of.
  enum Scope: Sendable, Hashable {
    /// The one its document runs in, whichever that is by then.
    case document(String)
    case kernel(String)

    var kind: String {
      switch self {
      case .document: "document"
      case .kernel: "kernel"
      }
    }

    var target: String {
      switch self {
      case .document(let name), .kernel(let name): name
      }
    }
  }

  let id: String
  var scope: Scope
  let expression: String
  /// How long it may take.
  let limit: Duration
  /// Unix seconds.
  let added: Double
  /// Nil before the first.
  var last: WatchValue?
  /// Whether a value is on its way.
  var isPending = false
  /// What the last look took; nil when it was never looked at, or not in time.
  var took: Duration?
  /// The number of the next value.
  var nextSequence: Int64 = 0
}
