// SPDX-License-Identifier: Apache-2.0
import JSON
import Synchronization

@testable import Host
import PluginBridge

/// Takes the answer of one call and lets a test wait for its parts.
final class AnswerBox: CallReceiver {
  struct Answer: Sendable {
    var call: CallID
    var status: CallStatus
    var content: Content
    var payload: [UInt8]

    var text: String { String(decoding: payload, as: UTF8.self) }
    var json: JSONValue? { try? JSONValue(parsing: payload) }
    var message: String? { json?["message"]?.stringValue }
  }

  private let answers = BlockingQueue<Answer>()
  private let chunks = BlockingQueue<String>()
  let progressCount = Atomic<Int>(0)
  let finishes = Atomic<Int>(0)

  func chunk(call: CallID, content: Content, payload: [UInt8]) { chunks.put(String(decoding: payload, as: UTF8.self)) }
  func progress(call: CallID, partsPerMillion: UInt32, note: String) { progressCount.wrappingAdd(1, ordering: .relaxed) }
  func finished(call: CallID, status: CallStatus, content: Content, payload: [UInt8]) {
    finishes.wrappingAdd(1, ordering: .relaxed)
    answers.put(Answer(call: call, status: status, content: content, payload: payload))
  }

  /// Waits for the answer; nil after half a minute without one.
  func answer() -> Answer? { answers.take(until: MonotonicClock.after(milliseconds: 30_000)) }
  func nextChunk() -> String? { chunks.take(until: MonotonicClock.after(milliseconds: 30_000)) }
  var waitingChunks: Int { chunks.count }
}
