// SPDX-License-Identifier: Apache-2.0

internal import FoundationEssentials
internal import JSON
internal import PluginSDK

// Questions to a kernel: beside the runs, each with a limit, for some kernels answer only some of them.
extension Kernel {
  /// Sends a request and waits for its reply's content.
  func ask(
    _ type: String, _ content: JSONValue, channel: KernelChannel = .shell, subshell: String? = nil, within limit: Duration
  ) async throws -> JSONValue {
    let message = KernelMessage.request(type, session: session, content: content.bytes(), channel: channel, subshell: subshell)
    let reply = try await exchange(message, within: limit)
    return try JSONValue(parsing: reply.contentJSON)
  }

  /// Sends a message and waits for what answers it.
  func exchange(_ message: KernelMessage, within limit: Duration) async throws -> KernelMessage {
    guard let link, let header = message.messageHeader else {
      throw failure(
        "cannot ask kernel '\(id)' for \(message.messageHeader?.type ?? "anything"): \(reason ?? "it is \(status.rawValue)")",
        code: "kernel_dead", status: .gone)
    }
    let timer = Task(executorPreference: services.executor) { [weak self] in
      try await Task.sleep(for: limit)
      await self?.expire(header, limit)
    }
    defer { timer.cancel() }
    return try await withTaskCancellationHandler {
      try await withCheckedThrowingContinuation { continuation in
        pending[header.id] = continuation
        do { try link.send(message) } catch { pending.removeValue(forKey: header.id)?.resume(throwing: error) }
      }
    } onCancel: {
      own { kernel in await kernel.giveUp(header.id) }
    }
  }

  private func expire(_ header: MessageHeader, _ limit: Duration) {
    pending.removeValue(forKey: header.id)?.resume(
      throwing: failure(
        "kernel '\(id)' did not answer the \(header.type) within \(limit.components.seconds) s: it is \(status.rawValue), or does not know this request",
        code: "no_reply", status: .deadline))
  }

  private func giveUp(_ message: String) { pending.removeValue(forKey: message)?.resume(throwing: CancellationError()) }

  /// Asks on the main shell when that is free, else beside it where the kernel can do that.
  func askBeside(_ type: String, _ content: JSONValue, within limit: Duration) async throws -> JSONValue {
    let shell = isFree ? nil : try await ownShell()
    return try await ask(type, content, subshell: shell, within: limit)
  }

  private var isFree: Bool { active == nil && foreign.isEmpty && queue.waiting.isEmpty }

  // MARK: - Subshells

  /// The id of a subshell that was seen to answer; made at first need.
  private func ownShell() async throws -> String {
    while subshell == .trying { try await turns.wait(after: turns.count) }
    if subshell == .untried { await trySubshell() }
    guard case .works(let id) = subshell else {
      throw failure(
        "kernel '\(self.id)' is busy and answers nothing beside what it runs; ask again when it is idle, or interrupt it", code: "busy",
        status: .busy)
    }
    return id
  }

  private func trySubshell() async {
    subshell = .trying
    var found = Subshell.absent
    let claims = information["supported_features"]?.arrayValue?.contains("kernel subshells") ?? false
    if claims, let made = try? await ask("create_subshell_request", [:], channel: .control, within: .seconds(2)),
      let id = made["subshell_id"]?.stringValue, await answers(on: id)
    {
      found = .works(id)
    }
    subshell = found
    tell()
  }

  private func answers(on shell: String) async -> Bool {
    let content = Self.silently(["probe": "1"])
    guard let reply = try? await ask("execute_request", content, subshell: shell, within: .seconds(2)) else { return false }
    return reply["status"] == "ok" && reply["user_expressions"]?["probe"] != nil
  }

  // MARK: - Values

  /// Evaluates expressions and leaves no trace.
  func evaluate(_ expressions: [String: String], within limit: Duration) async throws -> [String: JSONValue] {
    let reply = try await askBeside("execute_request", Self.silently(expressions), within: limit)
    guard reply["status"] == "ok", let values = reply["user_expressions"]?.objectValue else {
      throw failure(
        "kernel '\(id)' does not evaluate expressions: it answered \(reply["ename"]?.stringValue ?? reply["status"]?.stringValue ?? "nothing")",
        code: "no_values", status: .unsupported)
    }
    return values
  }

  /// Empty silent code: what evaluates expressions and touches neither `_` nor `Out` nor the counter.
  private static func silently(_ expressions: [String: String]) -> JSONValue {
    [
      "code": "", "silent": true, "store_history": false, "allow_stdin": false, "stop_on_error": false,
      "user_expressions": .object(expressions.mapValues { .string($0) }),
    ]
  }

  // MARK: - Messages of others

  /// Sends a comm's message.
  func sendComm(_ type: String, _ content: JSONValue, buffers: [[UInt8]]) throws {
    guard let link else {
      throw failure("cannot send a comm message to kernel '\(id)': it is \(status.rawValue)", code: "kernel_dead", status: .gone)
    }
    try link.send(.request(type, session: session, content: content.bytes(), buffers: buffers))
  }

  /// Hears every message of the kernel, on the kernel's own turn; the number ends it.
  func observe(_ observer: @escaping @Sendable (KernelMessage) -> Void) -> Int {
    lastObserver += 1
    observers[lastObserver] = observer
    return lastObserver
  }

  func stopObserving(_ number: Int) { observers[number] = nil }

  /// Sends a message as it is.
  func relay(_ message: KernelMessage) throws {
    if message.channel == .stdin { active?.asksSince = nil }
    guard let link else { throw failure("cannot reach kernel '\(id)': it is \(status.rawValue)", code: "kernel_dead", status: .gone) }
    try link.send(message)
  }
}
