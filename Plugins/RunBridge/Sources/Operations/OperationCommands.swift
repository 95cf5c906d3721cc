// SPDX-License-Identifier: Apache-2.0

internal import JSON
internal import PluginSDK

/// The commands about what scripts wait for.
struct OperationCommands: Sendable {
  let book: OperationBook

  private struct Pending: Decodable, Sendable {
    var run: String?
    var states: [String]?
    var history: Bool?
    var limit: Int?
  }

  private struct Named: Decodable, Sendable {
    var operation: String
    var secret: Bool?
    var error: String?
    var by: String?
  }

  var all: [Command] { [pending, operation, submit, cancel] }

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
      let operation = try await book.operation(input.operation)
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
      let ended = try await book.submit(input.operation, result: isOnlyError ? nil : result, error: input.error, by: input.by)
      return Payload(bytes: ended.summary.bytes())
    }
  }

  private var cancel: Command {
    .bytes("bridge.cancel") { payload, _ in
      let input: Named = try payload.decode()
      return Payload(bytes: try await book.cancel(input.operation, by: input.by).summary.bytes())
    }
  }
}
