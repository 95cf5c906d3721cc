// SPDX-License-Identifier: Apache-2.0
// The C side of a test host: the table and the functions in it. A plugin knows its host by a number that is never reused, so that a
// function called too late finds nobody.

internal import PluginAPI
internal import PluginSDK
internal import Synchronization

/// The living hosts by number.
final class Hosts: Sendable {
  private struct Weak: Sendable { weak let host: TestHost? }

  private struct State: Sendable {
    var last: UInt = 0
    var living: [UInt: Weak] = [:]
    /// Functions called for a host that is no more, by its number.
    var late: [UInt: [String]] = [:]
  }

  private let state = Mutex(State())

  func nextNumber() -> UInt {
    state.withLock { state in
      state.last += 16
      return state.last
    }
  }

  func add(_ host: TestHost) {
    let weak = Weak(host: host)
    state.withLock { $0.living[host.number] = weak }
  }

  func remove(_ number: UInt) { state.withLock { $0.living[number] = nil } }

  subscript(number: UInt) -> TestHost? { state.withLock { $0.living[number]?.host } }

  /// Remembers that a function was called for a host that is no more; the first few of each host are enough.
  func noteLate(_ number: UInt, _ function: String) {
    state.withLock { state in
      if state.late[number, default: []].count < 16 { state.late[number, default: []].append(function) }
    }
  }

  /// What was called for a host after it was gone.
  func late(_ number: UInt) -> [String] { state.withLock { $0.late[number] ?? [] } }
}

let hosts = Hosts()

private typealias Instance = OpaquePointer
private typealias Status = PluginFailure.Status

private func host(_ instance: Instance) -> TestHost? { hosts[UInt(bitPattern: instance)] }

/// Runs one function of the table and records it; `gone` when the host is no more.
///
/// - Parameter misuse: What is wrong with the arguments: then it is noted and answered, and nothing is run.
private func answer(
  _ instance: Instance, _ function: String, _ arguments: @autoclosure () -> String, _ misuse: Misuse? = nil, _ body: (TestHost) -> Status
) -> jf_status {
  guard let host = unsafe host(instance) else {
    hosts.noteLate(UInt(bitPattern: instance), function)
    return Status.gone.rawValue
  }
  let mark = host.begin(.toHost, function, arguments())
  guard host.state.read({ $0.phase != .stopped && $0.phase != .destroyed }) else {
    host.end(mark, .gone)
    return Status.gone.rawValue
  }
  if let misuse { host.report(misuse.finding) }
  let status = misuse?.status ?? body(host)
  host.end(mark, status)
  return status.rawValue
}

// MARK: - Calls

private func callEmit(_ instance: Instance, _ call: jf_call, _ content: UInt32, _ chunk: jf_bytes) -> jf_status {
  let taken = unsafe take(chunk, content, limit: Limit.payload, as: "a chunk")
  return unsafe answer(instance, "call_emit", "call \(call) \(taken.value.shown)", taken.misuse) { $0.emit(call, taken.value) }
}

private func callProgress(_ instance: Instance, _ call: jf_call, _ partsPerMillion: UInt32, _ note: jf_text) -> jf_status {
  let taken = unsafe take(note, limit: Limit.note, as: "a note of progress")
  let progress = Answer.Progress(partsPerMillion: partsPerMillion, note: taken.value)
  return unsafe answer(instance, "call_progress", "call \(call) \(partsPerMillion) '\(progress.note)'", taken.misuse) { host in
    host.state.change { $0.progressRate.count() }
    return host.call(call)?.progress(progress) ?? .gone
  }
}

private func callFinish(_ instance: Instance, _ call: jf_call, _ status: jf_status, _ content: UInt32, _ result: jf_bytes) -> jf_status {
  let taken = unsafe take(result, content, limit: Limit.payload, as: "an answer")
  let status = Status(rawValue: status)
  return unsafe answer(instance, "call_finish", "call \(call) \(status) \(taken.value.shown)") {
    $0.finish(call, status, taken.value, taken.misuse)
  }
}

private func callState(_ instance: Instance, _ call: jf_call) -> jf_status {
  unsafe answer(instance, "call_state", "call \(call)") { $0.call(call)?.callState ?? .gone }
}

private func callGrant(_ instance: Instance, _ call: jf_call, _ chunks: UInt64) -> jf_status {
  unsafe answer(instance, "call_grant", "call \(call) \(chunks)") { $0.grant(call, chunks) }
}

private func callStart(
  _ instance: Instance, _ request: UnsafePointer<jf_request>, _ call: UnsafeMutablePointer<jf_call>
) -> jf_status {
  let command = unsafe take(request.pointee.command, limit: Limit.name, as: "the name of a command to start")
  let input = unsafe take(request.pointee.payload, request.pointee.content, limit: Limit.payload, as: "the input of '\(command.value)'")
  let asked = unsafe CallOfPlugin(
    command: command.value, input: input.value, parent: request.pointee.parent, deadline: request.pointee.deadline_ns,
    credit: request.pointee.credit)
  let parent = asked.parent == 0 ? "" : " for call \(asked.parent)"
  return unsafe answer(
    instance, "call_start", "\(asked.command)\(parent) \(asked.input.shown)", command.misuse ?? input.misuse
  ) { host in
    host.reportIfCreating("call_start", "start calls in 'start' or later")
    return host.startCall(asked) { unsafe call.pointee = $0 }
  }
}

private func callCancel(_ instance: Instance, _ call: jf_call) -> jf_status {
  unsafe answer(instance, "call_cancel", "call \(call)") { $0.cancelCall(call) }
}

extension TestHost {
  fileprivate func call(_ id: UInt64) -> TestCall? { state.read { $0.calls[id] } }

  fileprivate func emit(_ id: UInt64, _ chunk: Payload) -> PluginFailure.Status {
    let status = call(id)?.emit(chunk) ?? .gone
    state.change { state in
      let refused = status == .again ? state.refusedEmits[id, default: 0] + 1 : 0
      state.refusedEmits[id] = refused
      state.mostRefusedEmits[id] = max(refused, state.mostRefusedEmits[id] ?? 0)
    }
    return status
  }

  fileprivate func finish(
    _ id: UInt64, _ status: PluginFailure.Status, _ result: Payload, _ misuse: Misuse?
  ) -> PluginFailure.Status {
    let isFirst = state.change { $0.finished.insert(id).inserted }
    guard let call = call(id) else {
      state.change { $0.badFinishes.append("finished call \(id), which there never was") }
      return .gone
    }
    // Who sends junk as JSON may get it back.
    guard result == call.input || (misuse == nil && result.isWhatItSays) else {
      if let misuse {
        report(misuse.finding)
      } else {
        state.change { $0.badFinishes.append("finished '\(call.command)' with what is not JSON") }
      }
      let failure = PluginFailure("the result of '\(call.command)' is not valid", status: misuse?.status ?? .invalid)
      return call.finish(failure.status, failure.payload) ? failure.status : .gone
    }
    guard call.finish(status, result) else {
      state.change { state in
        state.lateFinishes += 1
        if !isFirst { state.badFinishes.append("finished '\(call.command)' more than once") }
      }
      return .gone
    }
    return .ok
  }
}

// MARK: - Events

private func topicOpen(_ instance: Instance, _ name: jf_text, _ topic: UnsafeMutablePointer<jf_topic>) -> jf_status {
  let name = unsafe take(name, limit: Limit.name, as: "the name of a topic")
  return unsafe answer(instance, "topic_open", "'\(name.value)'", name.misuse) { host in
    let opened = host.openTopic(name.value)
    if opened.status == .ok { unsafe topic.pointee = opened.topic }
    return opened.status
  }
}

private func publish(_ instance: Instance, _ topic: jf_topic, _ content: UInt32, _ bytes: jf_bytes) -> jf_status {
  let event = unsafe take(bytes, content, limit: Limit.event, as: "an event")
  return unsafe answer(instance, "publish", "topic \(topic) \(event.value.shown)", event.misuse) { $0.take(topic, event.value) }
}

private func subscriptionResume(_ instance: Instance, _ subscription: UInt64) -> jf_status {
  unsafe answer(instance, "subscription_resume", "\(subscription)") { $0.resume(subscription) }
}

// MARK: - Services

private func findExtension(_ instance: Instance, _ id: UnsafePointer<CChar>) -> UnsafeRawPointer? {
  switch unsafe String(cString: id) {
  case JF_REGISTER_1: unsafe UnsafeRawPointer(registerTable)
  case JF_LOG_1: unsafe UnsafeRawPointer(logTable)
  case JF_HEALTH_1: unsafe UnsafeRawPointer(healthTable)
  case JF_PATHS_1: unsafe UnsafeRawPointer(pathsTable)
  default: nil
  }
}

private func registerCommand(_ instance: Instance, _ name: jf_text) -> jf_status {
  let name = unsafe take(name, limit: Limit.name, as: "the name of a command")
  return unsafe answer(instance, "jf.register/1 command", name.value, name.misuse) { $0.register(name.value) }
}

extension TestHost {
  fileprivate func register(_ name: String) -> PluginFailure.Status {
    guard state.read({ $0.phase == .new }) else {
      report(Finding(rule: "commands are registered in create", seen: "'\(name)' was registered later", fix: "register it in create"))
      return .denied
    }
    if let manifest, !(manifest.commands ?? []).contains(where: { $0.name == name }) {
      report(
        Finding(
          rule: Self.agreement, seen: "the code registers '\(name)', which 'commands' in plugin.json does not name",
          fix: "add it there, or do not register it"))
      return .denied
    }
    return state.change { state in
      guard !state.registered.contains(name) else { return .invalid }
      state.registered.append(name)
      return .ok
    }
  }
}

private func writeLog(_ instance: Instance, _ level: UInt32, _ message: jf_text, _ values: jf_bytes) -> jf_status {
  guard let known = LogLine.Level(rawValue: level) else { return Status.invalid.rawValue }
  let message = unsafe take(message, limit: Limit.message, as: "the message of a log line")
  let values = unsafe take(values, limit: Limit.values, as: "the values of a log line")
  let line = LogLine(level: known, message: message.value, values: String(decoding: values.value.bytes, as: UTF8.self))
  return unsafe answer(instance, "jf.log/1 write", line.description, message.misuse ?? values.misuse) { host in
    host.state.change { state in
      state.logRate.count()
      state.log.append(line)
    }
    return .ok
  }
}

private func reportHealth(_ instance: Instance, _ health: UInt32, _ message: jf_text) -> jf_status {
  guard let known = Health(rawValue: health) else { return Status.invalid.rawValue }
  let message = unsafe take(message, limit: Limit.note, as: "the message of a health report")
  return unsafe answer(instance, "jf.health/1 report", "\(known) '\(message.value)'", message.misuse) { host in
    host.state.change { $0.health = (known, message.value) }
    return .ok
  }
}

private func directory(_ instance: Instance, _ kind: UInt32, _ path: UnsafeMutablePointer<jf_text>) -> jf_status {
  unsafe answer(instance, "jf.paths/1 directory", "\(kind)") { host in
    guard let known = DirectoryKind(rawValue: kind) else { return .notFound }
    unsafe path.pointee = eternal(host.files.path(known))
    return .ok
  }
}

/// Text that is never freed; a test asks for a few paths.
private func eternal(_ text: String) -> jf_text {
  let copy = UnsafeMutableBufferPointer<CChar>.allocate(capacity: text.utf8.count + 1)
  _ = unsafe copy.initialize(from: text.utf8.map { CChar(bitPattern: $0) } + [0])
  return unsafe jf_text(data: copy.baseAddress, length: UInt64(text.utf8.count))
}

// MARK: - Tables

private func eternal<Table>(_ table: Table) -> UnsafePointer<Table> {
  let pointer = UnsafeMutablePointer<Table>.allocate(capacity: 1)
  unsafe pointer.initialize(to: table)
  return unsafe UnsafePointer(pointer)
}

// The tables are written once before anybody sees them.
nonisolated(unsafe) let hostTable = unsafe eternal(
  jf_host(
    size: UInt32(MemoryLayout<jf_host>.size), abi_major: UInt16(JF_ABI_MAJOR), abi_minor: UInt16(JF_ABI_MINOR), extension: findExtension,
    call_emit: callEmit, call_progress: callProgress, call_finish: callFinish, call_state: callState, call_grant: callGrant,
    call_start: callStart, call_cancel: callCancel, topic_open: topicOpen, publish: publish, subscription_resume: subscriptionResume))
// As above.
nonisolated(unsafe) private let registerTable = unsafe eternal(
  jf_register_1(size: UInt32(MemoryLayout<jf_register_1>.size), reserved: 0, command: registerCommand))
// As above.
nonisolated(unsafe) private let logTable = unsafe eternal(
  jf_log_1(size: UInt32(MemoryLayout<jf_log_1>.size), reserved: 0, write: writeLog))
// As above.
nonisolated(unsafe) private let healthTable = unsafe eternal(
  jf_health_1(size: UInt32(MemoryLayout<jf_health_1>.size), reserved: 0, report: reportHealth))
// As above.
nonisolated(unsafe) private let pathsTable = unsafe eternal(
  jf_paths_1(size: UInt32(MemoryLayout<jf_paths_1>.size), reserved: 0, directory: directory))
