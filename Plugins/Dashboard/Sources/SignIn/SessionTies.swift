// SPDX-License-Identifier: Apache-2.0

internal import Synchronization

/// Leads from what changes the book of sessions to the book, which is made after it.
final class SessionTies: Sendable {
  private let book = Mutex<SessionBook?>(nil)

  func join(_ book: SessionBook) { self.book.withLock { $0 = book } }

  func keep(_ file: SessionFile) async {
    guard let book = book.withLock({ $0 }) else { return }
    await file.save(book)
  }
}
