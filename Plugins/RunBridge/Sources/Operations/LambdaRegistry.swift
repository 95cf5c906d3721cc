// SPDX-License-Identifier: Apache-2.0

internal import JSON

/// Functions that the host does for scripts, by name.
struct LambdaRegistry: Sendable {
  typealias Handler = @Sendable (JSONValue) throws -> JSONValue

  private let handlers: [String: Handler]

  init(_ handlers: [String: Handler] = LambdaRegistry.builtIn) { self.handlers = handlers }

  /// `score` gives back what it is given, one argument alone or in a list.
  static let builtIn: [String: Handler] = [
    "score": { arguments in
      guard case .array(let list) = arguments, list.count == 1 else { return ["score": arguments] }
      return ["score": list[0]]
    }
  ]

  /// - Returns: The result, or the words for the script.
  func call(_ parameters: JSONValue) -> (name: String, result: JSONValue, error: String?) {
    let name = parameters["name"]?.stringValue ?? ""
    guard let handler = handlers[name] else { return (name, .null, "Unknown lambda handler: \(name)") }
    do {
      return (name, try handler(parameters["args"] ?? .null), nil)
    } catch {
      return (name, .null, "\(error)")
    }
  }
}
