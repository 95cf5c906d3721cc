// SPDX-License-Identifier: Apache-2.0

internal import PluginSDK

/// What a piece of work on a thread may ask: whether anybody still wants it, and to tell how far it is.
struct Work: Sendable {
  /// In bytes: what is read or written at once.
  static let chunk = 1 << 20

  let call: Call?
  let isStopping: @Sendable () -> Bool

  /// Throws when nobody waits any more.
  func check() throws {
    if call?.isCancelled == true || isStopping() { throw CancellationError() }
  }

  /// Tells how far it is.
  func progress(_ done: Int64, of total: Int64, _ note: String) {
    call?.progress(total > 0 ? Double(done) / Double(total) : 0, note)
  }
}
