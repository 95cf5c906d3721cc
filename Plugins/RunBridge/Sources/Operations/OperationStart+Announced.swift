// SPDX-License-Identifier: Apache-2.0

internal import JSON

extension OperationStart {
  /// Reads the body of the event that announces an operation.
  ///
  /// - Returns: Nil: it does not say which.
  init?(announced body: JSONValue) {
    guard let operation = body["operationId"].flatMap(OperationStart.name) else { return nil }
    let stated = [body["metadata"]?["operationParams"], body["uiState"]].compactMap { $0 }.first { !$0.isNull }
    let milliseconds = [body["timeoutMs"], body["metadata"]?["timeout_ms"]].compactMap { $0?.doubleValue }.first
    let names = [body["transitionDescription"], body["transitionName"], body["transitionId"]].compactMap { $0?.stringValue }
    self.init(
      operation: operation, type: body["operationType"]?.stringValue ?? "", resumeToken: body["resumeToken"]?.stringValue,
      name: names.first { !$0.isEmpty }, parameters: stated ?? .null,
      timeout: milliseconds.flatMap { $0 > 0 ? .bounded(seconds: $0 / 1_000) : nil }, body: body)
  }
}
