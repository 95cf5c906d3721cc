// SPDX-License-Identifier: Apache-2.0

internal import CSQLite
internal import Synchronization

/// A handle that breaks off a connection's running statement from any thread; harmless once the connection is closed.
public final class Interrupter: Sendable {
  /// The address of the connection, nil after it was closed. A number, because a pointer is not sendable.
  private let connection: Mutex<UInt?>

  init(_ connection: OpaquePointer) {
    self.connection = Mutex(UInt(bitPattern: connection))
  }

  /// Makes the running statement fail with `SQLiteError.Code.interrupted`; nothing happens when none runs.
  public func interrupt() {
    connection.withLock { address in
      guard let address, let pointer = unsafe OpaquePointer(bitPattern: address) else { return }
      unsafe sqlite3_interrupt(pointer)
    }
  }

  /// Forgets the connection, before it is closed.
  func invalidate() {
    connection.withLock { $0 = nil }
  }
}
