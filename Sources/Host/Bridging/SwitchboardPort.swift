// SPDX-License-Identifier: Apache-2.0
// Joins a plugin in this process to the switchboard.
import PluginBridge
import Synchronization

/// The port of an instance that lives in this process.
final class SwitchboardPort: InstancePort {
  let inbox: InstanceInbox
  private let switchboard: Switchboard
  /// Whoever stands on the switchboard for the plugin: answers are checked against it.
  private let provider: any CommandProvider
  private let logger: Logger
  private let topics = Mutex<[Topic]>([])

  init(inbox: InstanceInbox, switchboard: Switchboard, provider: any CommandProvider, logger: Logger) {
    self.inbox = inbox
    self.switchboard = switchboard
    self.provider = provider
    self.logger = logger
  }

  // MARK: Calls that the instance answers

  func status(of call: CallID) -> CallStatus { switchboard.call(call, of: provider)?.status ?? .gone }

  func emit(_ call: CallID, content: Content, chunk: UnsafeRawBufferPointer) -> CallStatus {
    guard let call = switchboard.call(call, of: provider) else { return .gone }
    return switchboard.emit(call, content: content, payload: unsafe [UInt8](chunk))
  }

  func progress(_ call: CallID, partsPerMillion: UInt32, note: String) -> CallStatus {
    guard let call = switchboard.call(call, of: provider) else { return .gone }
    return switchboard.progress(call, partsPerMillion: partsPerMillion, note: note)
  }

  func finish(_ call: CallID, status: CallStatus, content: Content, result: UnsafeRawBufferPointer) -> CallStatus {
    guard let call = switchboard.call(call, of: provider) else { return .gone }
    return switchboard.finish(call, status: status, content: content, payload: unsafe [UInt8](result))
  }

  func fail(_ call: CallID, _ status: CallStatus, _ sentence: (String) -> String) -> CallStatus {
    guard let call = switchboard.call(call, of: provider) else { return .gone }
    return switchboard.fail(call, status, sentence(call.commandName))
  }

  func forget(_ call: CallID) { _ = switchboard.calls.remove(call) }

  // MARK: Calls that the instance makes

  func start(_ request: CallRequest, willStart: (CallID) -> Void) {
    switchboard.call(request, receiver: InboxReceiver(inbox), willStart: willStart)
  }

  func grant(_ call: CallID, chunks: UInt64) -> CallStatus { owns(call) && switchboard.grant(call, chunks: chunks) ? .ok : .gone }

  func cancel(_ call: CallID) -> CallStatus { owns(call) && switchboard.cancel(call) ? .ok : .gone }

  private func owns(_ call: CallID) -> Bool {
    (switchboard.calls[call]?.receiver as? InboxReceiver)?.inbox === inbox
  }

  // MARK: Topics

  func openTopic(_ name: String) -> UInt64? {
    guard let topic = switchboard.topic(name) else { return nil }
    return topics.withLock { topics in
      if let known = topics.firstIndex(where: { $0 === topic }) { return UInt64(known + 1) }
      topics.append(topic)
      return UInt64(topics.count)
    }
  }

  func publish(_ topic: UInt64, content: Content, payload: UnsafeRawBufferPointer) -> CallStatus {
    let opened = topics.withLock { topics -> Topic? in
      guard let index = Int(exactly: topic), index >= 1, index <= topics.count else { return nil }
      return topics[index - 1]
    }
    guard let opened else { return .notFound }
    return switchboard.publish(opened, content: content, byteCount: payload.count, publisher: self) { unsafe [UInt8](payload) }
  }

  // MARK: The rest

  func log(_ level: LogLevel, _ message: String, _ values: [(String, String)]) { logger.log(level, message, values: values) }

  /// The instance itself is asked.
  func healthChanged(_ health: PluginHealth) {}

  func nextWork(until deadline: UInt64?) -> InstanceWork? { inbox.next(until: deadline) }
}

extension SwitchboardPort: TopicPublisher {
  func topicReady(_ topic: Topic) {
    guard let index = topics.withLock({ $0.firstIndex { $0 === topic } }) else { return }
    inbox.post(.event(.topicReady(UInt64(index + 1))))
  }
}
