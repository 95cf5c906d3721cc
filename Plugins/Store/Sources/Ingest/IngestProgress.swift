// SPDX-License-Identifier: Apache-2.0

internal import Synchronization

/// What the writer has done, for `store.status` and anybody who looks from another thread.
final class IngestProgress: Sendable {
  /// One look.
  struct Snapshot: Sendable {
    var counts = EventInserter.Counts()
    var commits = 0
    /// Unix seconds; nil before the first.
    var lastCommit: Double?
    /// What the database says against writing; nil while all is well.
    var trouble: String?
  }

  private let state = Mutex(Snapshot())

  /// How it stands now.
  var snapshot: Snapshot { state.withLock { $0 } }

  /// Changes what is shown.
  func update(_ body: (inout Snapshot) -> Void) { state.withLock { body(&$0) } }
}
