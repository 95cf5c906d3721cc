// SPDX-License-Identifier: Apache-2.0

internal import JSON

/// A script asks for a form to be filled in: `bridge/form`.
struct FormOrder: Sendable {
  let title: String?
  let source: JSONValue
  let schema: FormSchema
  /// What stands in it already.
  let values: JSONValue

  static let mostBytes = 256 << 10

  /// - Throws: `RequestFailure` with what does not fit.
  init(_ params: JSONValue) throws(RequestFailure) {
    guard let source = params["schema"], source.objectValue != nil else { throw RequestFailure("Missing schema parameter") }
    let size = source.bytes().count
    guard size <= Self.mostBytes else {
      throw RequestFailure("cannot show a form whose schema is \(size) bytes: it may be \(Self.mostBytes)")
    }
    schema = try FormSchema(source)
    guard schema.isObject else { throw RequestFailure("the schema of a form must be of type 'object', with 'properties'") }
    self.source = source
    title = params["title"]?.stringValue?.clipped(Ask.longestText)
    let given = params["values"] ?? .null
    guard given == .null || given.objectValue != nil else { throw RequestFailure("'values' must be an object") }
    values = schema.completed(given == .null ? [:] : given)
  }

  func answer(_ ask: Ask) async throws -> JSONValue {
    var body: JSONValue = ["schema": source, "values": values]
    if let title { body["title"] = .string(title) }
    guard let answer = try await ask.front(.form, body) else { return ["values": try unattended()] }
    guard answer["cancelled"] != true else { return ["values": .null] }
    let filled = answer["values"] ?? .null
    if let complaint = schema.complaint(filled) { throw RequestFailure("the front's answer does not fit the form: \(complaint)") }
    return ["values": filled]
  }

  /// The defaults, when they are enough.
  private func unattended() throws(RequestFailure) -> JSONValue {
    guard let complaint = schema.complaint(values) else { return values }
    throw Ask.nobody("show a form", ", or give all it needs a default (\(complaint))")
  }
}
