// SPDX-License-Identifier: Apache-2.0

internal import JSON

extension OperationStart {
  /// What a script calls an operation, a whole number or a text, as text; nil for everything else.
  static func name(_ operation: JSONValue) -> String? {
    if let number = operation.intValue { return String(number) }
    guard let text = operation.stringValue, !text.isEmpty else { return nil }
    return text
  }
}
