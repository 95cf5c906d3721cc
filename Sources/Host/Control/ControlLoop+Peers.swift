// SPDX-License-Identifier: Apache-2.0
// Connections: who comes in, what is read and written, who goes.
import Glibc
import JSON
import PluginBridge

extension ControlLoop {
  private static let linesInATurn = 256

  // MARK: Coming

  func acceptAll() {
    guard closingBy == nil else { return }
    for _ in 0..<64 {
      let descriptor = UnixSocket.accept(listener.descriptor)
      if descriptor >= 0 {
        admit(descriptor)
        continue
      }
      switch -descriptor {
      case EMFILE, ENFILE, ENOMEM, ENOBUFS:
        logger.warning("connection waits", ["reason": "\(ErrorNumber(-descriptor))"])
        return restListener(true)
      case EINTR, ECONNABORTED: continue
      default: return
      }
    }
  }

  private func admit(_ descriptor: Int32) {
    let user = UnixSocket.peerUser(descriptor)
    guard Self.mayEnter(user: user, host: geteuid()) else {
      let name = user.map { "user \($0)" } ?? "an unknown user"
      return turnAway(descriptor, ControlError(.denied, "this host serves user \(geteuid()) and root only, you are \(name)"))
    }
    guard peers.count < limits.connections else {
      let message = "\(limits.connections) clients are connected already; close one, or raise control.maxConnections"
      return turnAway(descriptor, ControlError(.busy, message))
    }
    lastPeer += 1
    guard poller.add(descriptor, token: lastPeer, read: true) == 0 else {
      return turnAway(descriptor, ControlError(.busy, "the host cannot watch another connection; try again later"))
    }
    peers[lastPeer] = ControlPeer(id: lastPeer, descriptor: descriptor, limits: limits, mailbox: mailbox)
    counters.accepted += 1
    counters.connections = peers.count
  }

  /// Our own user and root may enter.
  static func mayEnter(user: UInt32?, host: UInt32) -> Bool { user == host || user == 0 }

  private func turnAway(_ descriptor: Int32, _ error: ControlError) {
    counters.refused += 1
    // One line a second: a crowd at the door must not fill the log.
    let now = MonotonicClock.now()
    if now &- lastRefusalLogged >= 1_000_000_000 {
      lastRefusalLogged = now
      logger.warning("client refused", ["reason": error.message])
    }
    _ = UnixSocket.write(descriptor, errorLine(.null, error), from: 0)
    Glibc.close(descriptor)
  }

  // MARK: Reading

  /// - Parameter toTheEnd: The client has closed: take what it sent last.
  func read(_ peer: ControlPeer, toTheEnd: Bool) {
    peer.closedByClient = toTheEnd
    guard !peer.inputEnded else { return }
    for _ in 0..<(toTheEnd ? Int.max : 4) {
      switch UnixSocket.read(peer.descriptor, into: &readBuffer) {
      case .bytes(let count): peer.lines.append(readBuffer[..<count])
      case .wouldBlock: return
      case .ended:
        peer.inputEnded = true
        return
      }
    }
  }

  /// Takes lines while the client reads what comes of them, and not so many at a time that others wait or answers pile up.
  private func takeLines(_ peer: ControlPeer) {
    var left = peer.closedByClient ? Int.max : Self.linesInATurn
    peer.linesWait = false
    while !peer.closing {
      guard left > 0, peer.outgoing.count < limits.lowMark else {
        peer.linesWait = true
        if left == 0 { unfinished.insert(peer.id) }
        return
      }
      left -= 1
      switch peer.lines.next() {
      case .line(let line): take(line, from: peer)
      case .tooLong: return refuseLongLine(peer)
      case .incomplete:
        if peer.inputEnded { take(peer.lines.takeRest(), from: peer) }
        return
      }
    }
    peer.lines.discard()
  }

  private func refuseLongLine(_ peer: ControlPeer) {
    let error = ControlError.notARequest(
      "a line is longer than \(limits.lineBytes) bytes; send less at once, or raise control.maxLineBytes")
    send(peer, errorLine(.null, error))
    logger.warning("client closed", ["reason": error.message])
    peer.lines.discard()
    peer.closing = true
  }

  // MARK: Writing

  /// Queues one line; a client that leaves too many unread is given up.
  func send(_ peer: ControlPeer, _ line: [UInt8], mark: CallID? = nil) {
    guard peer.ended == nil else { return }
    if !fits(line, peer) { flush(peer) }
    guard fits(line, peer) else {
      peer.ended = .overrun(waitingBytes: peer.outgoing.count + line.count)
      return
    }
    peer.outgoing.append(line, mark: mark)
    counters.highestQueuedBytes = max(counters.highestQueuedBytes, peer.outgoing.count)
    touched.insert(peer.id)
  }

  func fits(_ line: [UInt8], _ peer: ControlPeer) -> Bool { peer.outgoing.count + line.count <= limits.outgoingBytes }

  private func flush(_ peer: ControlPeer) {
    let descriptor = peer.descriptor
    let alive = peer.outgoing.flush { UnixSocket.write(descriptor, $0, from: $1) }
    if !alive { peer.ended = peer.ended ?? .gone }
    while let call = peer.outgoing.nextWrittenMark() { chunkWritten(peer, call) }
  }

  // MARK: Seeing to everyone

  func settleAll() {
    while !touched.isEmpty {
      let due = touched
      touched = []
      for id in due {
        if let peer = peers[id] { settle(peer) }
      }
    }
  }

  private func settle(_ peer: ControlPeer) {
    if peer.ended == nil {
      takeLines(peer)
      if peer.closedByClient { peer.ended = .gone }
      if !peer.closing { pumpEvents(peer) }
      flush(peer)
      grantChunks(peer)
    }
    if peer.ended == nil, peer.closing ? peer.outgoing.isEmpty : peer.inputEnded && peer.isIdle { peer.ended = .done }
    count(peer)
    touched.remove(peer.id)
    if peer.ended != nil { drop(peer) } else { watch(peer) }
  }

  /// With work left that waits for room, the poller says when there is some.
  private func watch(_ peer: ControlPeer) {
    let room = peer.outgoing.count < limits.lowMark
    let wants = (
      read: !peer.inputEnded && !peer.closing && room && !peer.linesWait,
      write: !peer.outgoing.isEmpty || peer.linesWait || !peer.readySubscriptions.isEmpty
    )
    guard wants != peer.watches else { return }
    peer.watches = wants
    poller.change(peer.descriptor, token: peer.id, read: wants.read, write: wants.write)
  }

  private func count(_ peer: ControlPeer) {
    counters.queuedBytes += peer.outgoing.count - peer.countedBytes
    peer.countedBytes = peer.outgoing.count
  }

  // MARK: Going

  func drop(_ peer: ControlPeer) {
    peers[peer.id] = nil
    if case .overrun(let bytes)? = peer.ended {
      counters.overrun += 1
      let values: KeyValuePairs = ["waiting_bytes": "\(bytes)", "limit": "\(limits.outgoingBytes)"]
      logger.warning("client closed: it does not read", values)
    }
    poller.remove(peer.descriptor)
    Glibc.close(peer.descriptor)
    counters.queuedBytes -= peer.countedBytes
    counters.connections = peers.count
    counters.openRequests -= peer.openRequests
    for call in peer.calls.keys { switchboard.cancel(call) }
    for subscription in peer.subscriptions.values { switchboard.unsubscribe(subscription.source) }
    counters.subscriptions -= peer.subscriptions.count
    restListener(false)
  }
}
