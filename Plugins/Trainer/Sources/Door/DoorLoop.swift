// SPDX-License-Identifier: Apache-2.0

/// The life of the door's thread and the sockets only it touches.
struct DoorLoop {
  private struct Peer {
    let socket: Socket
    var interest: Poller.Interest = []
    var outgoing: ArraySlice<UInt8> = []
    var isWriteBroken = false
  }

  private static let listenerToken: UInt64 = 0
  private static let bufferBytes = 256 << 10
  private static let readsInARow = 4
  private static let exhaustedPauseMilliseconds: Int32 = 250

  private let door: TrainerDoor
  private var buffer = [UInt8](repeating: 0, count: bufferBytes)
  private var peers: [ConnectionID: Peer] = [:]
  private var lastConnection: ConnectionID = 0
  private var listening: Poller.Interest = []
  private var isReadingPaused = false
  private var isExhausted = false
  private var phase = TrainerDoor.Phase.open

  init(door: TrainerDoor) { self.door = door }

  mutating func run() {
    listen(true)
    while phase != .closed {
      let ready = door.poller.wait(milliseconds: isExhausted ? Self.exhaustedPauseMilliseconds : -1)
      if isExhausted { tryAcceptingAgain() }
      for event in ready {
        if event.token == Self.listenerToken { acceptAll() } else { serve(event) }
      }
      takeOrders()
    }
    for (connection, peer) in peers {
      door.closeOutbox(connection)
      peer.socket.close()
    }
    door.hasReached(.closed)
  }

  private mutating func takeOrders() {
    let orders = door.takeOrders()
    if orders.mayRead { pauseReading(false) }
    for connection in orders.toWrite { write(to: connection) }
    guard orders.phase != phase else { return }
    if phase == .open {
      listen(false)
      door.listener.socket.close()
      pauseReading(true)
    }
    phase = orders.phase
    if phase == .deaf { door.hasReached(.deaf) }
  }

  // MARK: - Accepting

  private mutating func listen(_ wanted: Bool) {
    let interest: Poller.Interest = wanted ? .reading : []
    door.poller.set(interest, was: listening, for: door.listener.socket.descriptor, token: Self.listenerToken)
    listening = interest
  }

  /// Accepts everybody who waits. A trainer is never closed for being one too many: it waits in the kernel's queue, connected.
  private mutating func acceptAll() {
    while listening == .reading {
      guard peers.count < door.maxConnections else {
        listen(false)
        return door.notes.acceptingPaused("\(peers.count) are connected, and 'maxConnections' allows no more")
      }
      switch door.listener.accept() {
      case .accepted(let socket, let peer): open(socket, peer)
      case .nobody: return
      case .exhausted(let reason):
        listen(false)
        isExhausted = true
        return door.notes.acceptingPaused(reason)
      }
    }
  }

  private mutating func tryAcceptingAgain() {
    isExhausted = false
    if phase == .open { listen(true) }
  }

  private mutating func open(_ socket: Socket, _ address: String) {
    lastConnection += 1
    door.openOutbox(lastConnection)
    peers[lastConnection] = Peer(socket: socket)
    keep(Arrival(.opened, on: lastConnection, Array(address.utf8)))
    updateInterest(of: lastConnection)
  }

  // MARK: - Reading

  private mutating func serve(_ event: Poller.Ready) {
    if event.isReadable { read(from: event.token) }
    if event.isWritable { write(to: event.token) }
  }

  private mutating func read(from connection: ConnectionID) {
    for _ in 0..<Self.readsInARow {
      guard !isReadingPaused, let peer = peers[connection] else { return }
      switch peer.socket.read(through: &buffer) {
      case .bytes(let bytes):
        keep(Arrival(.bytes, on: connection, bytes))
        if bytes.count < Self.bufferBytes { return }
      case .nothingYet: return
      case .ended: return end(connection)
      }
    }
  }

  private mutating func end(_ connection: ConnectionID) {
    guard let peer = peers.removeValue(forKey: connection) else { return }
    door.closeOutbox(connection)
    door.poller.set([], was: peer.interest, for: peer.socket.descriptor, token: connection)
    peer.socket.close()
    keep(Arrival(.closed, on: connection))
    if phase == .open, !isExhausted { listen(true) }
  }

  private mutating func keep(_ arrival: Arrival) {
    let hasRoom = door.inbox.add(arrival)
    if !hasRoom || door.isHeldBack() { pauseReading(true) }
  }

  private mutating func pauseReading(_ isPaused: Bool) {
    guard phase == .open, isPaused != isReadingPaused else { return }
    isReadingPaused = isPaused
    for connection in peers.keys { updateInterest(of: connection) }
  }

  // MARK: - Writing

  private mutating func write(to connection: ConnectionID) {
    guard var peer = peers[connection] else { return }
    if peer.outgoing.isEmpty { peer.outgoing = door.takeOutbox(connection)[...] }
    while !peer.outgoing.isEmpty, !peer.isWriteBroken {
      switch peer.socket.write(peer.outgoing) {
      case .written(let count):
        peer.outgoing = peer.outgoing.dropFirst(count)
        door.wrote(count, to: connection)
        if peer.outgoing.isEmpty { peer.outgoing = door.takeOutbox(connection)[...] }
      case .noRoom:
        peers[connection] = peer
        return updateInterest(of: connection)
      case .broken:
        // What it sent before is still read to its end.
        peer.isWriteBroken = true
      }
    }
    if peer.isWriteBroken { peer.outgoing = [] }
    peers[connection] = peer
    updateInterest(of: connection)
  }

  private mutating func updateInterest(of connection: ConnectionID) {
    guard let peer = peers[connection] else { return }
    var interest: Poller.Interest = isReadingPaused ? [] : .reading
    if !peer.outgoing.isEmpty { interest.insert(.writing) }
    door.poller.set(interest, was: peer.interest, for: peer.socket.descriptor, token: connection)
    peers[connection]?.interest = interest
  }
}
