// SPDX-License-Identifier: Apache-2.0

internal import JSON

/// An operation as a question for fronts.
struct OperationQuestion: Sendable {
  private enum Kind: Sendable {
    /// Whether the values are the answer as they are; else the one value of a form we made is.
    case form(isTheirs: Bool)
    case participant(workspace: String?, context: JSONValue)
  }

  let asked: FrontQuestion
  private let kind: Kind

  /// - Returns: Nil: fronts are not asked for operations of this type.
  init?(_ operation: KeptOperation) {
    let parameters = operation.parameters
    switch operation.type {
    case "form":
      let form = FormSpecification(parameters["formSpec"] ?? parameters, name: operation.name)
      asked = FrontQuestion(kind: .form, body: form.body)
      kind = .form(isTheirs: form.isTheirs)
    case "copilot_participant":
      let context = parameters["context"] ?? .null
      asked = FrontQuestion(kind: .input, body: ["prompt": .string(Self.prompt(parameters["role"], context)), "password": false])
      kind = .participant(workspace: operation.workspace, context: context)
    default: return nil
    }
  }

  /// What the script is sent; nil: the front was closed without an answer, and the operation waits on.
  func result(_ answer: JSONValue) -> JSONValue? {
    guard answer["cancelled"]?.boolValue != true else { return nil }
    switch kind {
    case .form(let isTheirs): return isTheirs ? answer["values"] : answer["values"]?["value"]
    case .participant(let workspace, let context):
      guard let message = answer["value"] else { return nil }
      return ["message": message, "participantContext": ["workspace": workspace.map { .string($0) } ?? .null, "chatContext": context]]
    }
  }

  private static func prompt(_ role: JSONValue?, _ context: JSONValue) -> String {
    let role = role?.stringValue ?? "participant"
    let words = context.stringValue ?? (context.isNull ? "" : context.serialized())
    return words.isEmpty ? "\(role):" : "\(role): \(words)"
  }
}
