// SPDX-License-Identifier: Apache-2.0

internal import Synchronization

/// One trainer's line to us. Bytes to be sent wait here for the door, the only one to touch the socket.
final class Connection: Sendable {
  /// What may wait to be sent; a trainer reads commands at once, so more means that it hangs.
  private static let mostOutgoing = 16 << 20

  let id: UInt64
  let descriptor: Int32
  /// Address and port of the other side.
  let peer: String
  private let outgoing = Mutex<[UInt8]>([])

  init(id: UInt64, descriptor: Int32, peer: String) {
    self.id = id
    self.descriptor = descriptor
    self.peer = peer
  }

  /// Appends a line to what is to be sent.
  ///
  /// - Returns: False when too much waits already.
  func enqueue(_ line: [UInt8]) -> Bool {
    outgoing.withLock { waiting in
      guard waiting.count + line.count <= Self.mostOutgoing else { return false }
      waiting += line
      return true
    }
  }

  /// Offers what waits to `write`, which tells how much it took.
  ///
  /// - Returns: Whether something is left.
  func drain(_ write: ([UInt8]) -> Int) -> Bool {
    outgoing.withLock { waiting in
      guard !waiting.isEmpty else { return false }
      waiting.removeFirst(write(waiting))
      return !waiting.isEmpty
    }
  }
}
