// SPDX-License-Identifier: Apache-2.0

internal import PluginSDK
internal import Synchronization

/// The thread that publishes what the spool holds, in order, and waits where a subscriber that must not lose anything is full.
final class Publisher: Sendable {
  private let spool: Spool
  private let topics: [TopicKind: Topic]
  private let log: PluginLog
  /// After it nothing more is published, in monotonic nanoseconds.
  private let end = Mutex<UInt64>(.max)

  init(spool: Spool, context: PluginContext) throws {
    self.spool = spool
    var topics: [TopicKind: Topic] = [:]
    for kind in TopicKind.allCases { topics[kind] = try context.topic(kind.topic) }
    self.topics = topics
    log = context.log
  }

  /// Lets `run` end when the spool is empty, at the latest then; the rest is kept on disk for the next start.
  func stop(at time: UInt64) {
    end.withLock { $0 = time }
    spool.close()
  }

  /// Works until `stop`. On a thread of its own.
  func run() {
    while let batch = spool.take() {
      for index in 0..<batch.count {
        guard MonotonicClock.now < end.withLock({ $0 }), publish(batch, index) else { return preserve(batch, from: index) }
      }
    }
  }

  /// - Returns: False when the host takes nothing any more.
  private func publish(_ batch: SpoolBatch, _ index: Int) -> Bool {
    // Every kind has one: `init` opened them all.
    guard let topic = topics[batch.kind(of: index)] else { return true }
    let line = batch.bytes.span.extracting(batch.range(of: index))
    do {
      while try !topic.tryPublish(borrowing: line) { try topic.waitUntilReadyBlocking() }
      return true
    } catch let failure as PluginFailure where failure.status == .stopping || failure.status == .gone {
      return false
    } catch {
      log.warning("event not published", ["topic": topic.name, "bytes": line.count, "reason": "\(error)"])
      return true
    }
  }

  private func preserve(_ batch: SpoolBatch, from index: Int) {
    do {
      try spool.preserve(batch, from: index)
      log.info("events kept for the next start", ["bytes": spool.depth.fileBytes])
    } catch {
      log.error("events lost at the stop", ["reason": "\(error)"])
    }
  }
}
