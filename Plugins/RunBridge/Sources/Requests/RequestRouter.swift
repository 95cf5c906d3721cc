// SPDX-License-Identifier: Apache-2.0

internal import JSON
internal import PluginSDK

/// Answers what scripts ask: by a front, by a command, or as well as it can be done with nobody there.
struct RequestRouter: RequestAnswering {
  /// Where messages go when nobody is attached: a level, a short text, and what varies.
  typealias Remark = @Sendable (_ level: MessageLevel, _ text: String, _ values: [String: String]) -> Void

  let fronts: any FrontAsking
  let chat: any Chatting
  let commands: any CommandCalling
  let consents: ConsentDesk
  let audit: AuditLog
  let settings: RequestSettings
  let remark: Remark
  let publish: FrontDesk.Publish

  /// - Parameters:
  ///   - commands: Jackfield's own.
  ///   - remark: As the plugin's log.
  ///   - publish: Takes the events `bridge.request`.
  init(
    fronts: any FrontAsking, chat: any Chatting, commands: any CommandCalling, consents: ConsentDesk, audit: AuditLog,
    settings: RequestSettings = RequestSettings(), remark: @escaping Remark = { _, _, _ in },
    publish: @escaping FrontDesk.Publish = { _, _ in }
  ) {
    (self.fronts, self.chat, self.commands) = (fronts, chat, commands)
    (self.consents, self.audit, self.settings) = (consents, audit, settings)
    (self.remark, self.publish) = (remark, publish)
  }

  /// Answers one question and tells of it.
  func answer(_ request: BridgeRequest, from caller: Caller, part: @escaping @Sendable (JSONValue) -> Void) async throws -> JSONValue {
    let began = ContinuousClock.now
    tell("asked", request, caller, nil)
    do {
      let wantsParts = request.params["stream"] == true
      let result = try await route(request, caller) { if wantsParts { part($0) } }
      tell("answered", request, caller, began.duration(to: .now))
      return result
    } catch {
      tell("failed", request, caller, began.duration(to: .now))
      throw error
    }
  }

  private func tell(_ state: String, _ request: BridgeRequest, _ caller: Caller, _ duration: Duration?) {
    var event: JSONValue = [
      "run": .string(caller.run), "connection": caller.connection.map { .integer(Int64(clamping: $0)) } ?? .null,
      "type": .string(request.type.clipped(CommandName.longest)), "state": .string(state),
    ]
    if let duration { event["milliseconds"] = .number(duration.milliseconds) }
    publish("bridge.request", event)
  }

  private func route(
    _ request: BridgeRequest, _ caller: Caller, _ part: @escaping @Sendable (JSONValue) -> Void
  ) async throws -> JSONValue {
    guard let kind = RequestKind(rawValue: request.type) else {
      throw RequestFailure("Unknown request type: \(request.type.clipped(CommandName.longest))")
    }
    guard caller.scopes.allowsRequest(request.type) else { throw await outOfScope(request, caller) }
    let ask = Ask(fronts: fronts, caller: caller, deadline: request.deadline, params: request.params, part: part)
    switch kind {
    case .chat:
      _ = try ask.text("message")
      return try await chat.chat(request, from: caller, part: part)
    case .getChatHistory:
      guard ask.params["conversationId"]?.stringValue != nil else { throw RequestFailure("Missing conversationId parameter") }
      return try await chat.history(request, from: caller)
    case .executeCommand: return try await execute(request, caller)
    case .showMessage: return try await showMessage(ask)
    case .progress: return try await progress(ask)
    case .choose: return try await ChoiceOrder(ask.params).answer(ask)
    case .confirm: return try await ChoiceOrder.confirm(ask)
    case .input: return try await InputOrder(ask.params).answer(ask)
    case .form: return try await FormOrder(ask.params).answer(ask)
    case .openFile: return try await openFile(ask)
    case .showDiff: return try await showDiff(ask)
    }
  }

  private func outOfScope(_ request: BridgeRequest, _ caller: Caller) async -> RequestFailure {
    let detail = request.params["command"]?.stringValue?.clipped(CommandName.longest)
    _ = await audit.write(AuditEntry(request.type, detail, .outOfScope, for: caller))
    return RequestFailure(
      "the run '\(caller.name)' may not ask for '\(request.type)': its scopes do not name it; begin the run with '--request-scope \(request.type)'"
    )
  }
}
