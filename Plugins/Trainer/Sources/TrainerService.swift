// SPDX-License-Identifier: Apache-2.0

internal import JSON
internal import PluginSDK

/// Door, spool, pump and tables, put together: everything but the host.
final class TrainerService: Sendable {
  let sessions = SessionTable()
  let requests = RequestTable()
  let counters = Counters()
  let spool: Spool
  private let door: TrainerDoor
  private let pump: Pump

  /// What it needs from its surroundings.
  struct Surroundings: Sendable {
    /// Where the spool's file may be.
    var spoolPath: String
    var sink: any EventSink
    var warn: Complaints.Write
    /// Told where trainers connect to and where the newest bytes go.
    var report: @Sendable (_ address: String, _ phase: Spool.Phase) -> Void
  }

  /// Listens and begins.
  init(_ settings: TrainerSettings, _ surroundings: Surroundings) throws {
    let listener = try Listener(at: settings.address)
    let address = listener.address.description
    let gate = ReadingGate()
    spool = Spool(memoryBytes: settings.spoolMemoryBytes, path: surroundings.spoolPath) { phase in
      surroundings.report(address, phase)
      if case .full = phase { return }
      gate.open()
    }
    let complaints = Complaints(surroundings.warn)
    door = try Self.openDoor(listener, settings, spool, complaints)
    gate.opens(door)
    do {
      pump = try Pump(
        Pump.Parts(
          spool: spool, sessions: sessions, requests: requests, counters: counters, complaints: complaints, sink: surroundings.sink,
          maxLineBytes: settings.maxLineBytes, acknowledge: { [door, counters] in Self.send($0, through: door, counters) }))
    } catch {
      door.close()
      throw error
    }
    surroundings.report(address, .memory)
  }

  private static func openDoor(
    _ listener: Listener, _ settings: TrainerSettings, _ spool: Spool, _ complaints: Complaints
  ) throws -> TrainerDoor {
    do {
      let door = try TrainerDoor(
        listener: listener, maxConnections: settings.maxConnections, spool: spool,
        notes: DoorNotes(acceptingPaused: { complaints.warn("trainers must wait for a connection", ["reason": $0]) }))
      try door.start()
      return door
    } catch {
      listener.socket.close()
      throw error
    }
  }

  var address: LoopbackAddress { door.listener.address }

  /// Stops accepting and reading, publishes what was read, closes the sockets.
  ///
  /// The sink decides how long that may take.
  func stop() {
    door.stopReading()
    pump.finish()
    door.close()
    for connection in sessions.connections { requests.closed(connection.id) }
  }

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
