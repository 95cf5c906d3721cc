// SPDX-License-Identifier: Apache-2.0

import Synchronization

/// What happened, in order, to be waited for.
final class DoorNotes: Sendable {
  private let stream: AsyncStream<String>
  private let end: AsyncStream<String>.Continuation
  private let waiting = Atomic(0)

  init() { (stream, end) = AsyncStream.makeStream() }

  /// Whether nothing happened that was not waited for.
  var isEmpty: Bool { waiting.load(ordering: .sequentiallyConsistent) == 0 }

  func note(_ text: String) {
    waiting.add(1, ordering: .sequentiallyConsistent)
    end.yield(text)
  }

  func next() async -> String? {
    for await note in stream {
      waiting.subtract(1, ordering: .sequentiallyConsistent)
      return note
    }
    return nil
  }
}
