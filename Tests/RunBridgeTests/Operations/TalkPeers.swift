// SPDX-License-Identifier: Apache-2.0

import JSON

@testable import PluginTestKit
@testable import RunBridge

/// The connections of scripts, as a test sees them.
final class TalkPeers: BridgePeers {
  struct Sent: Sendable, Hashable {
    let submit: OperationSubmit
    let connection: UInt
  }

  private struct State: Sendable {
    var sent: [Sent] = []
    var closed: Set<UInt> = []
  }

  private let state = Observed(State())

  func submit(_ submit: OperationSubmit, to connection: UInt) -> Bool {
    state.change { state in
      guard !state.closed.contains(connection) else { return false }
      state.sent.append(Sent(submit: submit, connection: connection))
      return true
    }
  }

  func abort(run: String, reason: String) {}

  /// From now on nothing reaches it.
  func close(_ connection: UInt) { state.change { _ = $0.closed.insert(connection) } }

  /// It is there again.
  func open(_ connection: UInt) { state.change { _ = $0.closed.remove(connection) } }

  /// The next answer that a script got.
  func sent() async throws -> Sent {
    try await state.wait(for: "an answer to a script", within: .seconds(60)) { $0.sent.isEmpty ? nil : $0.sent.removeFirst() }
  }

  var hasSent: Bool { state.read { !$0.sent.isEmpty } }
}

extension OperationStart {
  /// As the field's client announces one.
  static func field(
    _ type: String, _ parameters: JSONValue = nil, operation: Int64 = 1, token: String = "evo_async_1760000000000",
    run: String = "run-1760000000000", milliseconds: Double? = 300_000
  ) -> OperationStart {
    var body: JSONValue = [
      "operationId": .integer(operation), "operationType": .string(type), "resumeToken": .string(token), "transitionId": "ask",
      "transitionName": "ask", "transitionDescription": nil, "inscriptionId": "i-1", "netId": "page1", "runId": .string(run),
      "createdAt": 1_760_000_000_000, "uiState": nil,
    ]
    if let milliseconds { body["timeoutMs"] = .number(milliseconds) }
    body["metadata"] = ["timeout_ms": body["timeoutMs"] ?? .null, "operationParams": parameters]
    return OperationStart(
      operation: String(operation), type: type, resumeToken: token, name: "ask", parameters: parameters,
      timeout: milliseconds.map { .milliseconds($0) }, body: body)
  }
}
