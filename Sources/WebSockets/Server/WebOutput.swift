// SPDX-License-Identifier: Apache-2.0

internal import Glibc

/// What waits to be sent on one connection.
struct WebOutput {
  /// Sent without a pause between its pieces.
  struct Parcel {
    var pieces: [[UInt8]]
    var sent: (@Sendable (WebError?) -> Void)?
  }

  enum Progress {
    /// Nothing waits any more.
    case drained
    /// The system takes no more for now; whether it took something.
    case blocked(didSend: Bool)
    case failed
  }

  private var parcels: [Parcel] = []
  /// Where the parcels begin; what is before was sent.
  private var first = 0
  private var piece = 0
  /// In bytes of the piece.
  private var offset = 0
  /// In bytes, of all that waits.
  private(set) var waiting = 0

  /// Up to this many bytes are copied to be one piece: then they leave in one packet.
  static let joined = 64 << 10

  mutating func add(_ pieces: [[UInt8]], _ sent: (@Sendable (WebError?) -> Void)? = nil) {
    parcels.append(Parcel(pieces: pieces, sent: sent))
    waiting += pieces.reduce(0) { $0 + $1.count }
  }

  /// Hands to the system what it takes.
  mutating func send(to socket: Int32) -> Progress {
    var didSend = false
    while first < parcels.count {
      let pieces = parcels[first].pieces
      guard piece < pieces.count else {
        finishFirst()
        continue
      }
      let flags = Int32(MSG_NOSIGNAL | (piece + 1 < pieces.count ? MSG_MORE : 0))
      let count = unsafe pieces[piece].withUnsafeBytes { bytes in
        let rest = unsafe bytes[offset...]
        return unsafe rest.isEmpty ? 0 : Glibc.send(socket, UnsafeRawBufferPointer(rebasing: rest).baseAddress, rest.count, flags)
      }
      if count < 0 {
        if errno == EINTR { continue }
        return errno == EAGAIN ? .blocked(didSend: didSend) : .failed
      }
      if count > 0 { didSend = true }
      waiting -= count
      offset += count
      if offset == pieces[piece].count {
        piece += 1
        offset = 0
      }
    }
    return .drained
  }

  /// Takes out what was not sent.
  mutating func takeUnsent() -> [Parcel] {
    let unsent = Array(parcels[first...])
    self = WebOutput()
    return unsent
  }

  private mutating func finishFirst() {
    let sent = parcels[first].sent
    parcels[first].pieces = []
    first += 1
    piece = 0
    if first == parcels.count || first > 1_024 {
      parcels.removeFirst(first)
      first = 0
    }
    sent?(nil)
  }
}
