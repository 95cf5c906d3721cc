// SPDX-License-Identifier: Apache-2.0
// What the C functions of HostTable ask of an instance.
import PluginAPI
import Synchronization

extension PluginInstance {
  /// Counts a misuse and answers with its status.
  func refuse(_ status: CallStatus) -> jf_status {
    counters.misuse.wrappingAdd(1, ordering: .relaxed)
    return jf_status(status)
  }

  /// Ends a call as the plugin asked, or with what is wrong with its answer.
  func finish(_ call: CallID, _ status: CallStatus, _ content: UInt32, _ result: jf_bytes) -> CallStatus {
    let (buffer, judged) = unsafe judgePayload(result, content: content, limit: terms.limits.payloadBytes)
    guard judged != .ok else {
      return unsafe noting(port.finish(call, status: status, content: Content(rawValue: content), result: buffer))
    }
    let (id, size, limit) = unsafe (terms.id, result.length, terms.limits.payloadBytes)
    let ended = port.fail(call, judged) { command in
      judged == .tooLarge
        ? "plugin '\(id)' answered '\(command)' with \(size) bytes, the limit is \(limit); ask for less at once"
        : "plugin '\(id)' answered '\(command)' with bytes that are not UTF-8"
    }
    guard ended == .ok else { return noting(ended) }
    counters.misuse.wrappingAdd(1, ordering: .relaxed)
    return judged
  }

  /// Counts a finish that came too late.
  private func noting(_ ended: CallStatus) -> CallStatus {
    if ended == .gone { counters.lateFinishes.wrappingAdd(1, ordering: .relaxed) }
    return ended
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

  func openTopic(_ name: String) -> UInt64? {
    guard terms.publishes.contains(where: { $0.matches(name) }) else { return nil }
    return port.openTopic(name)
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
    let health = state.withLock { state in
      state.health.level = level
      state.health.message = message
      return state.health
    }
    port.healthChanged(health)
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
    port.log(level, message, values)
    return .ok
  }

  /// What a log line says in one sentence: its reason, where it gives one.
  private static func sentence(_ message: String, _ values: [(String, String)]) -> String {
    values.first { $0.0 == "reason" }?.1 ?? ([message] + values.map { "\($0.0)=\($0.1)" }).joined(separator: ", ")
  }

  /// Tells the plugin its new configuration.
  package func configurationChanged(_ json: [UInt8]) { inbox.put(.event(.configuration(json))) }
}
