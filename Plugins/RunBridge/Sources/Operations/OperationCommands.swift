// SPDX-License-Identifier: Apache-2.0

internal import JSON
internal import PluginSDK

/// The commands about what scripts wait for.
struct OperationCommands: Sendable {
  let book: OperationBook
  /// Finds a run by its id; nil: there is none, or it is over.
  let run: @Sendable (String) async -> Caller?

  private struct Pending: Decodable, Sendable {
    var run: String?
    var states: [String]?
    var history: Bool?
    var limit: Int?
  }

  private struct Named: Decodable, Sendable {
    var operation: String
    var run: String?
    var secret: Bool?
    var error: String?
    var by: String?
  }

  var all: [Command] { [pending, operation, submit, cancel, announce] }

  private var pending: Command {
    .bytes("bridge.pending") { payload, _ in
      let input: Pending = try payload.decode()
      let all = Set(OperationState.allCases)
      let named = input.states.map { Set($0.compactMap { OperationState(rawValue: $0) }) }
      let states = named ?? (input.history == true ? all : all.filter(\.isOpen))
      let found = try await book.list(run: input.run, states: states, limit: input.limit ?? 100)
      return Payload(bytes: JSONValue.object(["operations": .array(found.map(\.summary))]).bytes())
    }
  }

  private var operation: Command {
    .bytes("bridge.operation") { payload, _ in
      let input: Named = try payload.decode()
      let operation = try await book.operation(input.operation, run: input.run)
      var value = operation.description
      if input.secret == true { value["secret"] = .string(try book.makeSecret(operation)) }
      return Payload(bytes: value.bytes())
    }
  }

  private var submit: Command {
    .bytes("bridge.submit") { payload, _ in
      let input: Named = try payload.decode()
      // As it came: through a decoder a large whole number would lose digits.
      let result = try JSONValue(parsing: payload.bytes)["result"]
      let isOnlyError = input.error != nil && result?.isNull ?? true
      let ended = try await book.submit(
        input.operation, run: input.run, result: isOnlyError ? nil : result, error: input.error, by: input.by)
      return Payload(bytes: ended.summary.bytes())
    }
  }

  private var cancel: Command {
    .bytes("bridge.cancel") { payload, _ in
      let input: Named = try payload.decode()
      return Payload(bytes: try await book.cancel(input.operation, run: input.run, by: input.by).summary.bytes())
    }
  }

  private var announce: Command {
    .bytes("bridge.announce") { payload, _ in
      let input = try JSONValue(parsing: payload.bytes)
      guard let start = input["operation"].flatMap({ OperationStart(announced: $0) }) else {
        throw PluginFailure(
          "cannot announce an operation: 'operation' must be an object with 'operationId', a whole number or a text", code: "bad_operation",
          status: .invalid)
      }
      do {
        let submit = try await book.answer(to: start, from: try await caller(input))
        return Payload(bytes: Self.value(of: submit).bytes())
      } catch let failure as RequestFailure {
        throw PluginFailure(failure.message, code: "operation_failed", status: .stopping)
      }
    }
  }

  private static func value(of submit: OperationSubmit) -> JSONValue {
    var value: JSONValue = ["operationId": submit.operation]
    if let resumeToken = submit.resumeToken { value["resumeToken"] = .string(resumeToken) }
    if let error = submit.error { value["error"] = .string(error) } else { value["result"] = submit.result }
    return value
  }

  private func caller(_ input: JSONValue) async throws -> Caller {
    guard let id = input["run"]?.stringValue else {
      return Caller(run: "", name: "a debug session", workspace: input["workspace"]?.stringValue, scopes: .ordinary, connection: nil)
    }
    guard let caller = await run(id) else {
      throw PluginFailure("there is no run '\(id.prefix(100))', or it is over; see run.list", code: "no_run", status: .notFound)
    }
    return Caller(run: caller.run, name: caller.name, workspace: caller.workspace, scopes: caller.scopes, connection: nil)
  }
}
