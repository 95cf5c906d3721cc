// SPDX-License-Identifier: Apache-2.0

import CLinux
import Glibc
import Processes

/// Keeps a parcel until somebody takes it, its clients have gone, or the time is over. Never reads from a connection.
struct Keeper {
  /// So long may one take to take it.
  private static let taking = Duration.seconds(5)

  private let parcel: DescriptorParcel
  private let listener: DescriptorListener
  private let end: ContinuousClock.Instant
  /// The listener, then the connections whose clients are there.
  private var watched: [pollfd]

  init(_ parcel: DescriptorParcel, _ listener: DescriptorListener, until end: ContinuousClock.Instant) {
    self.parcel = parcel
    self.listener = listener
    self.end = end
    let connections = parcel.connections
    watched =
      [pollfd(fd: listener.descriptor, events: Int16(POLLIN), revents: 0)]
      + connections.map { pollfd(fd: $0, events: linux_poll_peer_ended(), revents: 0) }
  }

  /// - Returns: Whether it was taken.
  func run() -> Bool {
    var watched = watched
    let hadClients = watched.count > 1
    while case let left = end - ContinuousClock.now, left > .zero, !hadClients || watched.count > 1 {
      let (seconds, attoseconds) = left.components
      let milliseconds = Int32(clamping: seconds * 1_000 + attoseconds / 1_000_000_000_000_000 + 1)
      guard unsafe poll(&watched, nfds_t(watched.count), milliseconds) > 0 else { continue }
      if watched[0].revents != 0, hands() { return true }
      watched = [watched[0]] + watched.dropFirst().filter { $0.revents == 0 }
    }
    return false
  }

  /// Hands the parcel to who has come.
  private func hands() -> Bool {
    guard let channel = listener.accept(), let user = channel.peerUser, user == getuid() || user == 0 else { return false }
    do {
      try channel.send(parcel, within: min(Self.taking, end - ContinuousClock.now))
      return true
    } catch {
      return false  // it went away in the middle; perhaps another one comes
    }
  }
}
