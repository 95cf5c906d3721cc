// SPDX-License-Identifier: Apache-2.0
// The door's thread: waits for sockets and for word from other threads, and sees to each client that something happened to.
// Connections are in ControlLoop+Peers, what clients ask in +Requests, +Calls and +Events.
import JSON
import PluginBridge

/// The state of the control door, touched by its thread only.
final class ControlLoop {
  private static let listenerToken: UInt64 = 0
  private static let wakeupToken: UInt64 = 1

  let listener: ControlListener
  let poller: Poller
  let mailbox: ControlMailbox
  let limits: ControlLimits
  let switchboard: Switchboard
  let backend: any ControlBackend
  let logger: Logger
  let parser = ControlParser()

  var peers: [ControlPeerID: ControlPeer] = [:]
  var lastPeer: ControlPeerID = 15
  var lastRequest: UInt64 = 0
  /// Those to be seen to at the end of this turn.
  var touched: Set<ControlPeerID> = []
  /// Those with lines left for the next turn.
  var unfinished: Set<ControlPeerID> = []
  var counters = ControlCounters()
  /// Monotonic nanoseconds; 0: none yet.
  var lastRefusalLogged: UInt64 = 0
  var readBuffer = [UInt8](repeating: 0, count: 1 << 16)
  /// The process has no descriptor for another connection: look again a little later.
  var listenerRests = false
  /// Not nil: the door is being closed, by then.
  var closingBy: UInt64?
  private let state: ControlDoorState

  init(
    listener: ControlListener, poller: Poller, mailbox: ControlMailbox, state: ControlDoorState, limits: ControlLimits,
    switchboard: Switchboard, backend: any ControlBackend, logger: Logger
  ) {
    self.listener = listener
    self.poller = poller
    self.mailbox = mailbox
    self.state = state
    self.limits = limits
    self.switchboard = switchboard
    self.backend = backend
    self.logger = logger
  }

  func run() {
    _ = poller.add(listener.descriptor, token: Self.listenerToken, read: true)
    _ = poller.add(mailbox.wakeup.descriptor, token: Self.wakeupToken, read: true)
    while !isFinished {
      for ready in poller.wait(milliseconds: patience) { handle(ready) }
      touched.formUnion(unfinished)
      unfinished = []
      if listenerRests { restListener(false) }
      settleAll()
      state.counters = counters
    }
    for peer in peers.values {
      peer.ended = .done
      drop(peer)
    }
    state.counters = counters
  }

  private var isFinished: Bool {
    guard let closingBy else { return false }
    return peers.isEmpty || MonotonicClock.now() >= closingBy
  }

  /// How long to wait when nothing happens, in milliseconds; nil is for ever.
  private var patience: Int32? {
    guard unfinished.isEmpty else { return 0 }
    if let closingBy {
      let now = MonotonicClock.now()
      return closingBy <= now ? 0 : Int32(clamping: (closingBy - now) / 1_000_000 + 1)
    }
    return listenerRests ? 1_000 : nil
  }

  private func handle(_ ready: Poller.Ready) {
    switch ready.token {
    case Self.listenerToken: acceptAll()
    case Self.wakeupToken:
      mailbox.wakeup.silence()
      for message in mailbox.takeAll() { handle(message) }
    case let id:
      guard let peer = peers[id] else { return }
      if ready.readable || ready.hungUp { read(peer, toTheEnd: ready.hungUp) }
      touched.insert(id)
    }
  }

  private func handle(_ message: ControlMessage) {
    switch message {
    case .chunk(let peer, let call, let content, let payload):
      withPeer(peer) {
        $0.streaming.arrived(bytes: payload.count)
        chunk($0, call, content, payload)
      }
    case .progress(let peer, let call, let partsPerMillion, let note):
      withPeer(peer) { progress($0, call, Double(partsPerMillion) / 1e6, note) }
    case .finished(let peer, let call, let status, let content, let payload):
      withPeer(peer) { finished($0, call, status, content, payload) }
    case .overrun(let peer, let bytes):
      withPeer(peer) { $0.ended = $0.ended ?? .overrun(waitingBytes: bytes) }
    case .answer(let peer, let request, let result):
      withPeer(peer) { answered($0, request, result) }
    case .eventsReady(let peer, let subscription):
      withPeer(peer) { eventsReady($0, subscription) }
    case .close(let deadline):
      beginClosing(deadline)
    }
  }

  /// A client that went away misses what was meant for it.
  private func withPeer(_ id: ControlPeerID, _ body: (ControlPeer) -> Void) {
    guard let peer = peers[id] else { return }
    body(peer)
    touched.insert(id)
  }

  func restListener(_ rests: Bool) {
    guard rests != listenerRests, closingBy == nil else { return }
    listenerRests = rests
    poller.change(listener.descriptor, token: Self.listenerToken, read: !rests, write: false)
  }

  private func beginClosing(_ deadline: UInt64) {
    guard closingBy == nil else {
      closingBy = min(deadline, closingBy ?? deadline)
      return
    }
    restListener(false)
    closingBy = deadline
    poller.remove(listener.descriptor)
    listener.close()
    for peer in peers.values {
      endRequests(of: peer)
      touched.insert(peer.id)
    }
  }
}
