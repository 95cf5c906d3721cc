// SPDX-License-Identifier: Apache-2.0

internal import JSON
internal import PluginSDK

/// Turns what the door read into events and replies, on a thread of its own that may wait for slow subscribers.
final class Pump: Sendable {
  private let parts: Parts
  private let thread: OwnedThread

  /// What the pump works with.
  struct Parts: Sendable {
    let spool: Spool
    let sessions: SessionTable
    let requests: RequestTable
    let counters: Counters
    let complaints: Complaints
    let sink: any EventSink
    let maxLineBytes: Int
    /// Sends an acknowledgement.
    let acknowledge: @Sendable (SessionTable.Ack) -> Void
  }

  /// Begins.
  init(_ parts: Parts) throws {
    self.parts = parts
    thread = try OwnedThread.begin(name: "trainer-pump") {
      var loop = PumpLoop(parts)
      loop.run()
    }
  }

  /// Publishes what is left, as far as the sink lets it, and ends the thread.
  func finish() {
    parts.spool.finish()
    thread.join()
  }
}

/// The life of the pump's thread.
private struct PumpLoop {
  private let parts: Pump.Parts
  private let reader = WireReader()
  private var framers: [ConnectionID: LineFramer] = [:]

  init(_ parts: Pump.Parts) { self.parts = parts }

  mutating func run() {
    while let batch = parts.spool.take() {
      for arrival in batch { handle(arrival) }
    }
  }

  private mutating func handle(_ arrival: Arrival) {
    switch arrival.kind {
    case .opened: open(arrival.connection, peer: String(decoding: arrival.bytes, as: UTF8.self))
    case .bytes: feed(arrival)
    case .closed: close(arrival.connection)
    }
  }

  private mutating func open(_ connection: ConnectionID, peer: String) {
    framers[connection] = LineFramer(maxLineBytes: parts.maxLineBytes)
    parts.sessions.opened(connection, peer: peer)
    tell(["connection": .integer(Int64(connection)), "peer": .string(peer)], on: .connected)
  }

  private func feed(_ arrival: Arrival) {
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
    news["session_id"] = peer?.current.map { .string($0) }
    tell(news, on: .disconnected)
  }

  private func tell(_ news: [String: JSONValue], on topic: TrainerTopic) {
    publish(JSONValue.object(news).bytes().span, on: topic)
  }

  // MARK: - Lines

  private func handle(_ line: Span<UInt8>, on connection: ConnectionID) {
    switch reader.read(line) {
    case .event(let head):
      parts.sessions.saw(head, on: connection)
      parts.counters.add(to: .events)
      publish(line, on: TrainerTopic(type: head.type))
    case .hello(let hello):
      if let ack = parts.sessions.saw(hello, on: connection) { parts.acknowledge(ack) }
    case .reply(let id): answer(id, line)
    case .unknown:
      parts.counters.add(to: .unknownLines)
    case .notJSON(let reason):
      parts.counters.add(to: .notJSON)
      complain("line from a trainer dropped", connection, reason)
    }
  }

  private func answer(_ id: String?, _ line: Span<UInt8>) {
    parts.counters.add(to: .replies)
    guard let id, parts.requests.answered(id, copy(line)) else { return parts.counters.add(to: .lateReplies) }
  }

  private func publish(_ line: Span<UInt8>, on topic: TrainerTopic) {
    do {
      try parts.sink.publish(line, on: topic)
    } catch let failure as PluginFailure where failure.status == .stopping || failure.status == .gone {
      giveUp(failure)
    } catch {
      parts.counters.add(to: .unpublishedEvents)
      parts.complaints.warn("event from a trainer not published", ["topic": topic.name, "reason": "\(error)"])
    }
  }

  /// Throws away what is left when the time to stop is over.
  private func giveUp(_ failure: PluginFailure) {
    parts.counters.add(to: .unpublishedEvents)
    parts.counters.add(parts.spool.discard(), to: .undeliveredBytes)
    parts.complaints.warn("events from trainers not published before the stop", ["reason": "\(failure)"])
  }

  private func complain(_ message: String, _ connection: ConnectionID, _ reason: String) {
    parts.complaints.warn(message, ["connection": "\(connection)", "reason": reason])
  }
}
