// SPDX-License-Identifier: Apache-2.0

internal import JSON

/// What a script waits for, or waited for.
struct KeptOperation: Sendable {
  /// Unique in the database.
  let number: Int
  let run: String
  let runName: String
  let workspace: String?
  /// Which connection announced it; nil: a debug adapter.
  var connection: UInt?
  let operation: String
  let type: String
  let resumeToken: String?
  let name: String?
  /// As it came.
  let body: JSONValue
  /// In bytes of the body.
  let size: Int
  /// Unix seconds.
  let announced: Double
  /// Unix seconds; nil: none.
  let deadline: Double?
  /// As the script says it, for the sentence when it is over.
  let timeout: Duration?
  var state = OperationState.waiting
  var result: JSONValue?
  var error: String?
  /// Who ended it.
  var by: String?
  var ended: Double?
  var secretHash: [UInt8]?

  /// As people name it.
  var id: String { "op-\(number)" }

  /// The run as the script counts them; not ours.
  var scriptRun: String? { body["runId"]?.stringValue }

  /// `metadata.operationParams`, or `uiState`; null without either.
  var parameters: JSONValue {
    let named = body["metadata"]?["operationParams"] ?? .null
    return named.isNull ? body["uiState"] ?? .null : named
  }

  /// On whose behalf fronts are asked.
  var caller: Caller {
    Caller(run: run, name: runName, workspace: workspace, scopes: RunScopes(requests: [], commands: []), connection: connection)
  }

  /// What the script is sent.
  func submit(result: JSONValue, error: String?) -> OperationSubmit {
    OperationSubmit(operation: scriptOperation, resumeToken: resumeToken, result: result, error: error)
  }

  /// The operation as the script named it: a number when it was one.
  var scriptOperation: JSONValue {
    switch body["operationId"] {
    case .integer(let number)?: .integer(number)
    default: .string(operation)
    }
  }
}

extension KeptOperation {
  init(_ number: Int, _ start: OperationStart, by caller: Caller, size: Int, now: Double, timeout: Duration?) {
    self.init(
      number: number, run: caller.run, runName: caller.name, workspace: caller.workspace, connection: caller.connection,
      operation: start.operation, type: start.type, resumeToken: start.resumeToken, name: start.name, body: start.body, size: size,
      announced: now, deadline: timeout.map { now + Self.allowed($0) / .seconds(1) }, timeout: timeout)
  }

  /// A little less than the script allows, so that it still listens when it is told.
  private static func allowed(_ timeout: Duration) -> Duration { max(.zero, timeout - min(.milliseconds(100), timeout / 10)) }
}

// MARK: - For people

extension KeptOperation {
  /// In a list: texts of scripts are shortened.
  var summary: JSONValue {
    var value = news
    value["script_operation"] = Self.shown(operation)
    value["announced"] = .number(announced)
    if let resumeToken { value["resume_token"] = Self.shown(resumeToken) }
    if let deadline { value["deadline"] = .number(deadline) }
    if let error { value["error"] = Self.shown(error) }
    if let ended { value["ended"] = .number(ended) }
    return value
  }

  private static func shown(_ text: String) -> JSONValue { .string(text.count > 200 ? text.prefix(200) + "…" : text) }

  /// All of it.
  var description: JSONValue {
    var value = summary
    value["parameters"] = parameters
    if let error { value["error"] = .string(error) }
    if let result { value["result"] = result }
    return value
  }

  /// As an event tells it: without what was asked and answered.
  var news: JSONValue {
    var value: JSONValue = [
      "operation": .string(id), "run": .string(run), "run_name": .string(runName), "type": Self.shown(type),
      "state": .string(state.rawValue),
    ]
    if let name { value["name"] = Self.shown(name) }
    if let by { value["by"] = .string(by) }
    return value
  }
}
