// SPDX-License-Identifier: Apache-2.0

internal import JSON
internal import PluginSDK
internal import Synchronization

/// Turns what the door read into events and replies, on a thread of its own that waits for no subscriber: replies reach whoever asked
/// while events are held back.
final class Pump: Sendable {
  private let parts: Parts
  private let thread = Mutex<OwnedThread?>(nil)

  /// What the pump works with.
  struct Parts: Sendable {
    let inbox: Inbox
    let spool: Spool
    let sessions: SessionTable
    let requests: RequestTable
    let counters: Counters
    let complaints: Complaints
    let maxLineBytes: Int
    /// Sends an acknowledgement.
    let acknowledge: @Sendable (SessionTable.Ack) -> Void
    /// Told how long an event of our own was.
    let tookOwn: @Sendable (Int) -> Void
    /// Told of each session of which something is new.
    let changed: @Sendable (Session) -> Void
    /// Asks whose a connection is.
    let askWhose: @Sendable (ConnectionID, _ peer: String) -> Void
    /// Tells the door that there is room in the inbox.
    let resumeReading: @Sendable () -> Void
  }

  init(_ parts: Parts) { self.parts = parts }

  /// Begins.
  func start() throws {
    let started = try OwnedThread.begin(name: "trainer-pump") { [parts] in
      var loop = PumpLoop(parts)
      loop.run()
    }
    thread.withLock { $0 = started }
  }

  /// Looks at what is left in the inbox and ends the thread.
  func finish() {
    parts.inbox.finish()
    thread.withLock { $0.take() }?.join()
  }
}

/// The life of the pump's thread.
private struct PumpLoop {
  /// So many bytes of events go to the spool together, so that its lock is taken seldom and the publisher is not kept waiting.
  private static let batchBytes = 256 << 10

  private let parts: Pump.Parts
  private let reader = WireReader()
  private var framers: [ConnectionID: LineFramer] = [:]
  private var events = EventBatch()
  /// How many of them came from trainers.
  private var lines = 0

  init(_ parts: Pump.Parts) { self.parts = parts }

  mutating func run() {
    while let content = parts.inbox.take() {
      if content.endsPause, !parts.spool.isFull { parts.resumeReading() }
      for arrival in content.arrivals {
        handle(arrival)
        if events.records.count >= Self.batchBytes { handOver(reserving: Self.batchBytes) }
      }
      handOver()
    }
  }

  /// - Parameter bytes: How much is expected to come next; room is made at once.
  private mutating func handOver(reserving bytes: Int = 0) {
    parts.counters.add(lines, to: .events)
    lines = 0
    parts.spool.append(events)
    events = EventBatch()
    if bytes > 0 { events.reserve(bytes + bytes / 4) }
  }

  private mutating func handle(_ arrival: Arrival) {
    switch arrival.kind {
    case .opened: open(arrival.connection, peer: String(decoding: arrival.bytes, as: UTF8.self))
    case .bytes: feed(arrival)
    case .closed: close(arrival.connection)
    case .news: announce()
    case .own(let topic):
      events.append(arrival.bytes.span, on: topic)
      parts.tookOwn(arrival.bytes.count)
    }
  }

  private mutating func open(_ connection: ConnectionID, peer: String) {
    framers[connection] = LineFramer(maxLineBytes: parts.maxLineBytes)
    parts.sessions.opened(connection, peer: peer)
    parts.askWhose(connection, peer)
    tell(["connection": .integer(Int64(connection)), "peer": .string(peer)], on: .connected)
  }

  private mutating func feed(_ arrival: Arrival) {
    guard let framer = framers[arrival.connection] else { return }
    var counted = framer.skippedLines
    framer.feed(arrival.bytes) { line in
      // Before the line: whoever sees it published must find those before it counted.
      countSkipped(framer, since: &counted, on: arrival.connection)
      handle(line, on: arrival.connection)
    }
    countSkipped(framer, since: &counted, on: arrival.connection)
  }

  private func countSkipped(_ framer: LineFramer, since counted: inout Int, on connection: ConnectionID) {
    guard framer.skippedLines > counted else { return }
    parts.counters.add(framer.skippedLines - counted, to: .oversizedLines)
    complain("line from a trainer skipped", connection, "it is longer than \(parts.maxLineBytes) bytes")
    counted = framer.skippedLines
  }

  private mutating func close(_ connection: ConnectionID) {
    let torn = framers.removeValue(forKey: connection)?.finish() ?? 0
    if torn > 0 { parts.counters.add(to: .tornLines) }
    let peer = parts.sessions.closed(connection)
    parts.requests.closed(connection)
    var news: [String: JSONValue] = ["connection": .integer(Int64(connection)), "tornBytes": .integer(Int64(torn))]
    news["peer"] = peer.map { .string($0.peer) }
    if let session = peer?.current {
      news["session_id"] = .string(session)
      // A trainer may be back before the end of its old connection is seen.
      if parts.sessions.isConnected(session) { news["stillConnected"] = true }
    }
    announce()
    tell(news, on: .disconnected)
  }

  /// Tells what is new of sessions.
  private mutating func announce() {
    let changed = parts.sessions.takeChanged()
    guard !changed.isEmpty else { return }
    let now = WallClock.now
    for session in changed {
      events.append(session.status(at: now).bytes().span, on: .status)
      parts.changed(session)
    }
  }

  private mutating func tell(_ news: [String: JSONValue], on topic: TrainerTopic) {
    events.append(JSONValue.object(news).bytes().span, on: topic)
  }

  // MARK: - Lines

  private mutating func handle(_ line: Span<UInt8>, on connection: ConnectionID) {
    switch reader.read(line) {
    case .event(let head):
      // Before the line: whoever stores it knows the session then.
      if parts.sessions.saw(head, on: connection) { announce() }
      lines += 1
      events.append(line, on: TrainerTopic(type: head.type))
    case .hello(let hello):
      if let ack = parts.sessions.saw(hello, on: connection) { parts.acknowledge(ack) }
      announce()
    case .reply(let reply): answer(reply, line, on: connection)
    case .unknown:
      parts.counters.add(to: .unknownLines)
    case .notJSON(let reason):
      parts.counters.add(to: .notJSON)
      complain("line from a trainer dropped", connection, reason)
    }
  }

  private mutating func answer(_ reply: ReplyHead, _ line: Span<UInt8>, on connection: ConnectionID) {
    parts.counters.add(to: .replies)
    guard let id = reply.id, let request = parts.requests.sent(id) else { return parts.counters.add(to: .lateReplies) }
    if reply.succeeded, CommandTraits.leavesSomething(request.command) {
      let directory = parts.sessions[request.session]?.currentDirectory
      if let record = ReplyRecord.event(line, request, workingDirectory: directory, at: WallClock.now) {
        events.append(record.span, on: .reply)
      }
    }
    parts.sessions.saw(reply, to: request, on: connection)
    announce()
    if !parts.requests.answered(id, copy(line)) { parts.counters.add(to: .lateReplies) }
  }

  private func complain(_ message: String, _ connection: ConnectionID, _ reason: String) {
    parts.complaints.warn(message, ["connection": "\(connection)", "reason": reason])
  }
}
