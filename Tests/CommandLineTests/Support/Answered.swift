// SPDX-License-Identifier: Apache-2.0
import Synchronization

/// Counts what a fake host was asked.
final class Answered: Sendable {
  private let count = Mutex(0)

  func next() -> Int {
    count.withLock { count in
      count += 1
      return count
    }
  }
}
