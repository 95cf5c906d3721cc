// SPDX-License-Identifier: Apache-2.0

internal import JSON
internal import PluginSDK
internal import Synchronization

/// Publishes what the spool holds, in order, on a thread of its own that may wait for slow subscribers.
final class Publisher: Sendable {
  private let parts: Parts
  private let thread = Mutex<OwnedThread?>(nil)

  /// What the publisher works with.
  struct Parts: Sendable {
    let spool: Spool
    let sessions: SessionTable
    let counters: Counters
    let complaints: Complaints
    let sink: any EventSink
  }

  init(_ parts: Parts) { self.parts = parts }

  /// Begins.
  func start() throws {
    let started = try OwnedThread.begin(name: "trainer-publish") { [parts] in
      var loop = PublisherLoop(parts)
      loop.run()
    }
    thread.withLock { $0 = started }
  }

  /// Publishes what is left, as far as the sink lets it, keeps the rest for the next start, and ends the thread. Nobody may append any more.
  func finish() {
    parts.spool.finish()
    thread.withLock { $0.take() }?.join()
    let kept = parts.spool.preserve()
    parts.counters.add(kept.bytes, to: .keptBytes)
    parts.counters.add(kept.lostBytes, to: .undeliveredBytes)
    if kept.bytes > 0 { parts.complaints.warn("events from trainers kept for the next start", ["bytes": "\(kept.bytes)"]) }
    guard let reason = kept.reason else { return }
    parts.complaints.warn("events from trainers lost at the stop", ["bytes": "\(kept.lostBytes)", "reason": reason])
  }
}

/// The life of the publisher's thread.
private struct PublisherLoop {
  private let parts: Publisher.Parts
  private var leftovers = LeftoverSessions()

  init(_ parts: Publisher.Parts) { self.parts = parts }

  mutating func run() {
    while let taken = parts.spool.take() {
      guard publishAll(taken) else { return }
      if taken.isEndOfLeftovers { endLeftovers() }
    }
  }

  /// - Returns: False when nothing is taken any more; what is left was given back.
  private mutating func publishAll(_ taken: Spool.Taken) -> Bool {
    let bytes = taken.events.records.span
    var offset = 0
    while let event = taken.events.entry(at: offset) {
      let line = bytes.extracting(event.line)
      if taken.isLeftover { leftovers.saw(line, on: event.topic) }
      guard publish(line, on: event.topic) else {
        parts.spool.giveBack(taken, from: offset)
        return false
      }
      offset = event.line.upperBound
    }
    return true
  }

  /// Tells that trainers of an earlier life are not connected, unless they have come back.
  private mutating func endLeftovers() {
    for session in leftovers.takeAll() where !parts.sessions.isConnected(session) {
      let news: JSONValue = ["connection": 0, "tornBytes": 0, "session_id": .string(session)]
      _ = publish(news.bytes().span, on: .disconnected)
    }
  }

  /// - Returns: False when nothing is taken any more.
  private func publish(_ line: Span<UInt8>, on topic: TrainerTopic) -> Bool {
    do {
      try parts.sink.publish(line, on: topic)
    } catch let failure as PluginFailure where failure.status == .stopping || failure.status == .gone {
      return false
    } catch {
      parts.counters.add(to: .unpublishedEvents)
      parts.complaints.warn("event from a trainer not published", ["topic": topic.name, "reason": "\(error)"])
    }
    return true
  }
}
