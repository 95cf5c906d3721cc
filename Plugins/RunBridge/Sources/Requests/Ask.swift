// SPDX-License-Identifier: Apache-2.0

internal import JSON

/// One request on its way to a front.
struct Ask: Sendable {
  let fronts: any FrontAsking
  let caller: Caller
  let deadline: ContinuousClock.Instant?
  let params: JSONValue
  let part: @Sendable (JSONValue) -> Void

  /// The longest message, prompt or title that is shown.
  static let longestText = 64 << 10

  /// A text that must be there.
  func text(_ name: String) throws(RequestFailure) -> String { try params.neededText(name) }

  /// - Returns: Nil: no front does this.
  func front(_ kind: FrontCapability, _ body: JSONValue) async throws -> JSONValue? {
    try await fronts.ask(FrontQuestion(kind: kind, body: body), for: caller, until: deadline, part: part)
  }

  func tell(_ kind: FrontCapability, _ body: JSONValue) async -> Bool {
    await fronts.tell(FrontQuestion(kind: kind, body: body), for: caller)
  }

  /// What a script is told when only a person could answer and none is there.
  static func nobody(_ what: String, _ otherwise: String) -> RequestFailure {
    RequestFailure("cannot \(what): nobody is attached who could answer; attach with 'jackfield attach'\(otherwise)")
  }
}

extension JSONValue {
  /// A member that is a text with something in it.
  func neededText(_ name: String) throws(RequestFailure) -> String {
    guard let text = self[name]?.stringValue, !text.isEmpty else { throw RequestFailure("Missing \(name) parameter") }
    return text
  }
}
