// SPDX-License-Identifier: Apache-2.0

internal import PluginAPI
public import PluginSDK

extension TestHost {
  // MARK: Calls to the plugin

  /// Runs a command and waits for its end.
  ///
  /// - Parameters:
  ///   - json: The input.
  ///   - credit: How many chunks it may emit; plenty by default.
  ///   - deadline: From now; then the host ends the call.
  ///   - timeout: How long the test waits.
  public func call(
    _ command: String, _ json: String = "{}", credit: UInt64 = .max, deadline: Duration? = nil, timeout: Duration = .seconds(30)
  ) async throws -> Answer {
    try await begin(command, Payload(bytes: Array(json.utf8)), credit: credit, deadline: deadline).answer(within: timeout)
  }

  /// Begins a call, to be granted credit, cancelled and waited for.
  public func begin(
    _ command: String, _ input: Payload = .emptyObject, credit: UInt64 = .max, deadline: Duration? = nil
  ) -> TestCall {
    let (call, request) = makeCall(command, input, credit, deadline)
    if isInline(command) {
      run(call, request)
    } else {
      thread.post { [self] in run(call, request) }
    }
    if let deadline { watch(call, deadline) }
    return call
  }

  /// Begins a call with JSON.
  public func begin(_ command: String, json: String, credit: UInt64 = .max, deadline: Duration? = nil) -> TestCall {
    begin(command, Payload(bytes: Array(json.utf8)), credit: credit, deadline: deadline)
  }

  /// Runs a command on this very thread, as a host does with an inline command.
  public func callInline(_ command: String, _ json: String = "{}") -> Answer {
    let (call, request) = makeCall(command, Payload(bytes: Array(json.utf8)), 0, nil)
    run(call, request)
    return call.state.read { $0.answer }
  }

  private func makeCall(
    _ command: String, _ input: Payload, _ credit: UInt64, _ deadline: Duration?
  ) -> (TestCall, HostRequest) {
    let call = state.change { state in
      let call = TestCall(id: state.nextCall(), command: command, input: input, credit: credit, host: self)
      state.calls[call.id] = call
      return call
    }
    let request = HostRequest(
      call: call.id, command: command, payload: input, deadline: deadline.map(MonotonicClock.after) ?? 0, credit: credit)
    return (call, request)
  }

  /// Sends a request that says it is shorter than any host's.
  func sendShortRequest() async -> PluginFailure.Status {
    let (call, whole) = makeCall(manifest?.commands?.first?.name ?? "", .emptyObject, 0, nil)
    var request = whole
    request.size = 8
    let status = await thread.run { [self, request] in invoke(request) }
    call.finish(.cancelled, .emptyObject)
    return status
  }

  private func isInline(_ command: String) -> Bool {
    manifest?.commands?.first { $0.name == command }?.inline ?? false
  }

  private func run(_ call: TestCall, _ request: HostRequest) {
    let status = invoke(request)
    if status.isFailure {
      state.change { state in _ = state.finished.insert(call.id) }
      call.finish(status, Payload(bytes: []))
    }
    if status == .ok, !call.hasEnded {
      state.change { $0.badFinishes.append("'\(call.command)' answered ok without having finished its call") }
    }
  }

  /// Ends a call at its deadline. The task ends with the call, at the latest with the deadline.
  private func watch(_ call: TestCall, _ deadline: Duration) {
    Task {
      do {
        _ = try await call.answer(within: deadline)
      } catch {
        giveUp(call, .deadline)
      }
    }
  }

  /// Ends a call for its caller at once and tells the plugin.
  func giveUp(_ call: TestCall, _ status: PluginFailure.Status) {
    let failure = PluginFailure("'\(call.command)' ended: \(status)", status: status)
    if call.finish(status, failure.payload) { send(.cancel(call.id, status)) }
  }

  // MARK: Calls by the plugin

  /// Answers a command of another plugin, or of the host, that the plugin may call.
  ///
  /// What the script throws is the failure the plugin gets.
  public func answer(_ command: String, _ script: @escaping @Sendable (ScriptedCall) async throws -> String) {
    state.change { $0.scripts[command] = { Payload(bytes: Array(try await script($0).utf8)) } }
  }

  /// Answers a command even before the function that starts the call has returned to the plugin, as a host on two processors may.
  public func answerEarly(_ command: String, _ json: String) {
    state.change { $0.earlyAnswers[command] = Payload(bytes: Array(json.utf8)) }
  }

  /// Waits until the plugin has called a command, and returns its latest call.
  public func called(_ command: String, within timeout: Duration = .seconds(30)) async throws -> ScriptedCall {
    try await state.wait(for: "a call of '\(command)'", within: timeout) { state in
      state.outgoing.values.filter { $0.command == command }.max { $0.id < $1.id }
    }
  }

  /// Takes a call of the plugin.
  ///
  /// - Returns: The id, before anything is delivered for it.
  func startCall(_ request: CallOfPlugin, written: (UInt64) -> Void) -> PluginFailure.Status {
    let (script, early) = state.read { ($0.scripts[request.command], $0.earlyAnswers[request.command]) }
    guard script != nil || early != nil else { return .notFound }
    let call = state.change { state in
      let call = ScriptedCall(
        id: state.nextCall(), command: request.command, input: request.input, parent: request.parent, deadline: request.deadline,
        credit: request.credit, host: self)
      state.outgoing[call.id] = call
      return call
    }
    written(call.id)
    if let early {
      finish(call, .ok, early, waiting: !thread.isCurrent)
    } else if let script {
      play(script, call)
    }
    return .ok
  }

  private func play(_ script: @escaping HostState.Script, _ call: ScriptedCall) {
    let task = Task { [self] in
      do {
        finish(call, .ok, try await script(call))
      } catch let failure as PluginFailure {
        finish(call, failure.status, failure.payload)
      } catch {
        finish(call, .failed, PluginFailure("\(error)").payload)
      }
    }
    var timer: Task<Void, Never>?
    if call.deadline > 0 {
      timer = Task { [self] in
        do { try await Task.sleep(for: MonotonicClock.remaining(until: call.deadline)) } catch { return }
        finish(call, .deadline, PluginFailure("the deadline of '\(call.command)' passed", status: .deadline).payload)
      }
    }
    let hasEnded = call.state.change { state in
      state.task = task
      state.timer = timer
      return state.hasEnded
    }
    if hasEnded {
      task.cancel()
      timer?.cancel()
    }
  }

  private func finish(_ call: ScriptedCall, _ status: PluginFailure.Status, _ payload: Payload, waiting: Bool = false) {
    guard call.end() else { return }
    if waiting {
      _ = thread.runBlocking { [self] in deliver(.done(call.id, status, payload)) }
    } else {
      send(.done(call.id, status, payload))
    }
  }

  func cancelCall(_ id: UInt64) -> PluginFailure.Status {
    guard let call = state.read({ $0.outgoing[id] }), call.end() else { return .gone }
    send(.done(id, .cancelled, PluginFailure("the caller gave up", status: .cancelled).payload))
    return .ok
  }

  func grant(_ id: UInt64, _ chunks: UInt64) -> PluginFailure.Status {
    guard let call = state.read({ $0.outgoing[id] }), !call.state.read({ $0.hasEnded }) else { return .gone }
    call.grant(chunks)
    return .ok
  }
}

/// A call as the plugin asks for it.
struct CallOfPlugin: Sendable {
  var command: String
  var input: Payload
  var parent: UInt64
  var deadline: UInt64
  var credit: UInt64
}
