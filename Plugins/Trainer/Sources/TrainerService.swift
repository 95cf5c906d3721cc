// SPDX-License-Identifier: Apache-2.0

internal import JSON
internal import PluginSDK

/// Door, pump, spool, publisher and tables, put together: everything but the host.
final class TrainerService: Sendable {
  let sessions = SessionTable()
  let requests = RequestTable()
  let counters = Counters()
  let spool: Spool
  private let door: TrainerDoor
  private let gate: ReadingGate
  private let pump: Pump
  private let publisher: Publisher
  private let probe: PeerProbe
  private let inbox: Inbox
  let ledger: any RunLedger
  let flights = FlightTable()
  let names = NameBook()
  let checkpoints = SeenCheckpoints()
  let processes: TrainProcesses

  /// What it needs from its surroundings.
  struct Surroundings: Sendable {
    /// Where the spool's files may be, and those of an earlier life are.
    var spoolDirectory: String
    /// Of the processes begun here.
    var processDirectory: String
    /// Where it is kept which process is in which session.
    var memoryFile: String
    /// What was recorded before.
    var ledger: any RunLedger
    var sink: any EventSink
    var warn: Complaints.Write
    /// Told where trainers connect to and where the newest events go.
    var report: @Sendable (_ address: String, _ phase: Spool.Phase) -> Void
  }

  /// Listens and begins.
  init(_ settings: TrainerSettings, _ surroundings: Surroundings) throws {
    let listener = try Listener(at: settings.address)
    let (gate, inbox, complaints) = (ReadingGate(), Inbox(), Complaints(surroundings.warn))
    let report = { @Sendable in surroundings.report(listener.address.description, $0) }
    spool = Spool(memoryBytes: settings.spoolMemoryBytes, directory: surroundings.spoolDirectory) { [counters] news in
      Self.heed(news, report, gate, counters, complaints)
    }
    do {
      door = try TrainerDoor(
        listener: listener, maxConnections: settings.maxConnections, inbox: inbox, isHeldBack: { [spool] in spool.isFull },
        notes: DoorNotes(acceptingPaused: { complaints.warn("trainers must wait for a connection", ["reason": $0]) }))
    } catch {
      listener.socket.close()
      throw error
    }
    gate.opens(door)
    self.gate = gate
    self.inbox = inbox
    ledger = surroundings.ledger
    processes = try TrainProcesses(
      directory: surroundings.processDirectory, port: listener.address.port, complaints: complaints,
      emit: { topic, line in _ = inbox.add(Arrival(.own(topic), on: 0, line)) },
      mayRead: { [spool] in spool.usage.phase == .memory })
    gate.wakes { [processes] in processes.wake() }
    let memory = SessionMemory(path: surroundings.memoryFile)
    probe = try PeerProbe(port: listener.address.port, remember: { memory.write() }) { [sessions] finding in
      switch finding {
      case .found(let process, let connection):
        sessions.learned(process, of: connection)
        if let entry = memory.session(of: process) { sessions.recall(entry, on: connection) }
      case .ended(let process): sessions.ended(process)
      }
      _ = inbox.add(Arrival(.news, on: 0))
    }
    pump = Pump(
      Pump.Parts(
        inbox: inbox, spool: spool, sessions: sessions, requests: requests, counters: counters, complaints: complaints,
        maxLineBytes: settings.maxLineBytes, acknowledge: { [door, counters] in Self.send($0, through: door, counters) },
        tookOwn: { [processes] in processes.tookOwn($0) },
        changed: { [processes, probe] session in
          processes.saw(session)
          if memory.saw(session) { probe.wake() }
        },
        askWhose: { [probe] in probe.ask($0, peer: $1) },
        resumeReading: { gate.open() }))
    publisher = Publisher(
      Publisher.Parts(spool: spool, sessions: sessions, counters: counters, complaints: complaints, sink: surroundings.sink))
    report(spool.usage.phase)
    try begin()
  }

  /// Begins from the back, so that nothing is read before there is somebody to take it.
  private func begin() throws {
    do {
      try publisher.start()
      try pump.start()
      try probe.start()
      try processes.start()
      try door.start()
    } catch {
      processes.finish()
      probe.finish()
      pump.finish()
      publisher.finish()
      gate.close()
      door.listener.socket.close()
      throw error
    }
  }

  private static func heed(
    _ news: Spool.News, _ report: (Spool.Phase) -> Void, _ gate: ReadingGate, _ counters: Counters, _ complaints: Complaints
  ) {
    switch news {
    case .entered(let phase):
      report(phase)
      if case .full = phase { return }
      gate.open()
    case .lost(let bytes, let reason):
      counters.add(bytes, to: .tornSpoolBytes)
      complaints.warn("events in the spool not readable", ["bytes": "\(bytes)", "reason": reason])
    }
  }

  var address: LoopbackAddress { door.listener.address }

  /// Stops accepting and reading, publishes what was read, closes the sockets.
  ///
  /// The sink decides how long that may take; what it does not take is kept in files for the next start.
  func stop() {
    door.stopReading()
    processes.finish()
    probe.finish()
    pump.finish()
    publisher.finish()
    door.close()
    gate.close()
    for connection in sessions.connections { requests.closed(connection.id) }
  }

  /// Has the pump tell what is new of sessions, in order with what it read.
  func tellNews() { _ = inbox.add(Arrival(.news, on: 0)) }

  /// Sends a line, with its newline.
  func send(_ line: [UInt8], to connection: ConnectionID) -> TrainerDoor.Sending { door.send(line, to: connection) }

  /// Tells trainers that their events are stored.
  func committed(_ sessions: [String: Int64]) {
    for (session, sequence) in sessions {
      for ack in self.sessions.committed(session, upTo: sequence) { Self.send(ack, through: door, counters) }
    }
  }

  private static func send(_ ack: SessionTable.Ack, through door: TrainerDoor, _ counters: Counters) {
    // A dropped one does no harm: the next says more.
    let sending = door.send(WireCommand.ack(session: ack.session, sequence: ack.sequence), to: ack.connection)
    counters.add(to: sending == .queued ? .acksSent : .acksDropped)
  }
}
