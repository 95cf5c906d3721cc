// SPDX-License-Identifier: Apache-2.0

internal import Synchronization

/// Tells any number of tasks how a kernel ended: the first word counts.
final class EndNotice: Sendable {
  private let end = Mutex<KernelEnd?>(nil)
  private let turns = Announcement()

  /// How it ended; nil while it has not.
  var value: KernelEnd? { end.withLock(\.self) }

  func settle(_ value: KernelEnd) {
    end.withLock { if $0 == nil { $0 = value } }
    turns.announce()
  }

  /// Waits for the end; a task that is cancelled learns nothing.
  func wait() async -> KernelEnd {
    while true {
      let seen = turns.count
      if let value { return value }
      guard (try? await turns.wait(after: seen)) != nil else { return KernelEnd() }
    }
  }
}
