// SPDX-License-Identifier: Apache-2.0
// What the C functions of HostTable ask of an instance.
import PluginAPI
import Synchronization

extension PluginInstance: TopicPublisher {
  /// Counts a misuse and answers with its status.
  func refuse(_ status: CallStatus) -> jf_status {
    counters.misuse.wrappingAdd(1, ordering: .relaxed)
    return jf_status(status)
  }

  /// Ends a call as the plugin asked, or with what is wrong with its answer.
  func finish(_ call: OpenCall, _ status: CallStatus, _ content: UInt32, _ result: jf_bytes) -> CallStatus {
    let name = call.command.description.name
    let (buffer, judged) = unsafe judgePayload(result, content: content, limit: switchboard.limits.payloadBytes)
    let size = unsafe result.length
    let ended: CallStatus
    switch judged {
    case .ok: ended = switchboard.finish(call, status: status, content: Content(rawValue: content), payload: unsafe [UInt8](buffer))
    case .tooLarge:
      ended = switchboard.fail(
        call, .tooLarge,
        "plugin '\(terms.id)' answered '\(name)' with \(size) bytes, the limit is \(switchboard.limits.payloadBytes); ask for less at once")
    default: ended = switchboard.fail(call, judged, "plugin '\(terms.id)' answered '\(name)' with bytes that are not UTF-8")
    }
    if ended == .gone { counters.lateFinishes.wrappingAdd(1, ordering: .relaxed) }
    if judged != .ok { counters.misuse.wrappingAdd(1, ordering: .relaxed) }
    return ended == .ok ? judged : ended
  }

  /// A request of the plugin's, copied; nil when a part of it is not what it must be.
  func owned(_ request: jf_request) -> CallRequest? {
    let (buffer, judged) = unsafe judgePayload(request.payload, content: request.content, limit: Int.max)
    guard unsafe request.size >= UInt32(MemoryLayout<jf_request>.size), let command = unsafe request.command.string(limit: 200),
      judged == .ok
    else {
      return nil
    }
    return unsafe CallRequest(
      command: command, payload: [UInt8](buffer), content: Content(rawValue: request.content), deadline: request.deadline_ns,
      credit: request.credit, parent: request.parent)
  }

  /// Whether this instance made a call.
  func owns(_ call: CallID) -> Bool {
    guard let receiver = switchboard.calls[call]?.receiver as? InstanceReceiver else { return false }
    return receiver.belongs(to: self)
  }

  func openTopic(_ name: String) -> jf_topic? {
    guard terms.publishes.contains(where: { $0.matches(name) }), let topic = switchboard.topic(name) else { return nil }
    return state.withLock { state in
      if let known = state.topics.firstIndex(where: { $0 === topic }) { return jf_topic(known + 1) }
      state.topics.append(topic)
      return jf_topic(state.topics.count)
    }
  }

  func topic(_ id: jf_topic) -> Topic? {
    state.withLock { state in
      guard let index = Int(exactly: id), index >= 1, index <= state.topics.count else { return nil }
      return state.topics[index - 1]
    }
  }

  package func topicReady(_ topic: Topic) {
    guard let index = state.withLock({ $0.topics.firstIndex { $0 === topic } }) else { return }
    inbox.put(.event(.topicReady(UInt64(index + 1))))
  }

  /// Registers a command of the manifest. Only while the instance is being created.
  func register(_ name: String) -> CallStatus {
    guard terms.commands.contains(name) else { return .denied }
    return state.withLock { state in
      guard state.phase == .creating else { return .denied }
      return state.registered.insert(name).inserted ? .ok : .invalid
    }
  }

  func report(_ level: PluginHealth.Level, _ message: String) {
    state.withLock { state in
      state.health.level = level
      state.health.message = message
    }
  }

  /// Writes a line, unless this instance has had its thousand for this second.
  func log(_ level: LogLevel, _ message: String, _ values: [(String, String)]) -> CallStatus {
    let second = MonotonicClock.now() / 1_000_000_000
    let admitted = state.withLock { state in
      if state.logWindow.second != second { state.logWindow = (second, 0) }
      state.logWindow.lines += 1
      if level == .error { state.health.lastError = Self.sentence(message, values) }
      return state.logWindow.lines <= 1_000
    }
    guard admitted else {
      counters.logLinesDropped.wrappingAdd(1, ordering: .relaxed)
      return .again
    }
    logger.log(level, message, values: values)
    return .ok
  }

  /// What a log line says in one sentence: its reason, where it gives one.
  private static func sentence(_ message: String, _ values: [(String, String)]) -> String {
    values.first { $0.0 == "reason" }?.1 ?? ([message] + values.map { "\($0.0)=\($0.1)" }).joined(separator: ", ")
  }

  /// Tells the plugin its new configuration.
  package func configurationChanged(_ json: [UInt8]) { inbox.put(.event(.configuration(json))) }
}
