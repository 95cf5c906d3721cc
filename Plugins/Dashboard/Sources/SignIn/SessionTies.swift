// SPDX-License-Identifier: Apache-2.0

internal import Synchronization

/// Leads from what changes the book of sessions to the book, which is made after it and holds what leads here: so it is not held here.
final class SessionTies: Sendable {
  private struct Tie {
    weak var book: SessionBook?
  }

  private let tie = Mutex(Tie())

  func join(_ book: SessionBook) { tie.withLock { $0.book = book } }

  func keep(_ file: SessionFile) async {
    guard let book = tie.withLock({ $0.book }) else { return }
    await file.save(book)
  }
}
