// SPDX-License-Identifier: Apache-2.0
import JSON
import Synchronization
import PluginBridge

/// The one answer that the backend owes to a request.
final class ControlReply: Sendable {
  private let peer: ControlPeerID
  private let request: UInt64
  private let method: ControlMethod
  private let mailbox: ControlMailbox
  private let answered = Atomic<Bool>(false)

  init(peer: ControlPeerID, request: UInt64, method: ControlMethod, mailbox: ControlMailbox) {
    self.peer = peer
    self.request = request
    self.method = method
    self.mailbox = mailbox
  }

  deinit { send(.failure(ControlError(.failed, "'\(method.rawValue)' ended without an answer; the host's log may say why"))) }

  /// The first answer counts.
  func send(_ result: Result<JSONValue, ControlError>) {
    guard !answered.exchange(true, ordering: .acquiringAndReleasing) else { return }
    mailbox.put(.answer(peer, request: request, result))
  }
}
