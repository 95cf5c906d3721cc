// SPDX-License-Identifier: Apache-2.0

internal import JSON
internal import PluginSDK

/// The command that asks as a script does, without a socket: for a debug adapter's proxy.
struct RequestCommands: Sendable {
  let router: any RequestAnswering
  /// Finds a run by its id; nil: there is none, or it is over.
  let run: @Sendable (String) async -> Caller?

  /// Parts that wait for a reader; what comes then is left out, and stands in the answer all the same.
  private static let mostParts = 4_096

  var all: [Command] {
    [.bytes("bridge.request") { payload, call in try await answer(JSONInput.read(payload, of: "bridge.request"), call) }]
  }

  private func answer(_ input: JSONValue, _ call: Call) async throws -> Payload {
    guard let type = input["type"]?.stringValue, !type.isEmpty else { throw Self.wrong("'type' is missing, as 'vscode/showMessage'") }
    let params = input["params"] ?? [:]
    guard params.objectValue != nil else { throw Self.wrong("'params' must be an object") }
    let request = BridgeRequest(id: nil, type: type, params: params, deadline: Self.deadline(input, call))
    let caller = try await caller(input)
    let (parts, sink) = AsyncStream<JSONValue>.makeStream(bufferingPolicy: .bufferingOldest(Self.mostParts))
    return try await withThrowingTaskGroup(of: Void.self) { group in
      group.addTask { for await part in parts { try await call.emit(bytes: part.bytes()) } }
      defer { group.cancelAll() }
      let answer: JSONValue
      do {
        answer = try await router.answer(request, from: caller) { sink.yield($0) }
      } catch {
        sink.finish()
        guard let failure = error as? RequestFailure else { throw error }
        throw PluginFailure(failure.message, code: "request_failed")
      }
      sink.finish()
      try await group.waitForAll()
      return Payload(bytes: answer.bytes())
    }
  }

  /// The earlier one of what the input and the call say.
  private static func deadline(_ input: JSONValue, _ call: Call) -> ContinuousClock.Instant? {
    let asked = input["timeout_ms"]?.doubleValue.flatMap { $0 > 0 ? ContinuousClock.now + .milliseconds(min($0, 1e12)) : nil }
    return [asked, call.deadline].compactMap { $0 }.min()
  }

  private func caller(_ input: JSONValue) async throws -> Caller {
    guard let id = input["run"]?.stringValue else {
      return .direct(workspace: input["workspace"]?.stringValue.map(WorkspaceMatch.tidy))
    }
    guard let caller = await run(id) else {
      throw PluginFailure("there is no run '\(id.clipped(100))', or it is over; see run.list", code: "no_run", status: .notFound)
    }
    return caller
  }

  private static func wrong(_ reason: String) -> PluginFailure {
    PluginFailure("cannot ask: \(reason)", code: "request_invalid", status: .invalid)
  }
}
