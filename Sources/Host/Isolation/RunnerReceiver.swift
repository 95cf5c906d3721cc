// SPDX-License-Identifier: Apache-2.0
import PluginBridge

/// Sends the answers of a call that a plugin made to its runner.
final class RunnerReceiver: CallReceiver {
  private let writer: FrameWriter
  /// The runner's own number for the call.
  private let number: UInt64
  private let ended: @Sendable (UInt64) -> Void

  init(writer: FrameWriter, number: UInt64, ended: @escaping @Sendable (UInt64) -> Void) {
    self.writer = writer
    self.number = number
    self.ended = ended
  }

  func chunk(call: CallID, content: Content, payload: [UInt8]) { send(.chunk(number, content, payload)) }

  func progress(call: CallID, partsPerMillion: UInt32, note: String) { send(.progress(number, partsPerMillion, note)) }

  func finished(call: CallID, status: CallStatus, content: Content, payload: [UInt8]) {
    ended(number)
    send(.done(number, status, content, payload))
  }

  private func send(_ event: InstanceEvent) { writer.send(Frame(event)) }
}

extension Frame {
  /// An event for the plugin, as a frame.
  init(_ event: InstanceEvent) {
    self.init(
      .event, call: event.call, a: UInt64(event.kind), b: event.value, c: event.subject, content: event.content, name: event.name)
    payload = event.payload
  }
}
