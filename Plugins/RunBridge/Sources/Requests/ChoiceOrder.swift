// SPDX-License-Identifier: Apache-2.0

internal import JSON

/// A script lets a person choose: `bridge/choose`.
struct ChoiceOrder: Sendable {
  struct Option: Sendable {
    let label: String
    /// What the script gets.
    let value: JSONValue
    let description: String?

    var body: JSONValue {
      var body: JSONValue = ["label": .string(label), "value": value]
      if let description { body["description"] = .string(description) }
      return body
    }
  }

  let message: String
  let options: [Option]
  let isMany: Bool
  /// Indices; nil: the script gave none.
  let preset: [Int]?

  static let mostOptions = 1_000
  private static let longestLabel = 1_024

  /// - Throws: `RequestFailure` with what does not fit.
  init(_ params: JSONValue) throws(RequestFailure) {
    message = try params.neededText("message").clipped(Ask.longestText)
    isMany = params["many"]?.boolValue ?? false
    guard let elements = params["options"]?.arrayValue, !elements.isEmpty else { throw RequestFailure("Missing options parameter") }
    guard elements.count <= Self.mostOptions else {
      throw RequestFailure("cannot ask for a choice of \(elements.count): there may be \(Self.mostOptions) options; ask in steps")
    }
    var options: [Option] = []
    for element in elements { options.append(try Self.option(element)) }
    self.options = options
    preset = try Self.preset(params["default"], options, isMany)
  }

  private init(message: String, options: [Option], preset: [Int]?) {
    (self.message, self.options, self.preset) = (message, options, preset)
    isMany = false
  }

  /// A text, a number, or an object with `label`, `value` and `description`.
  private static func option(_ element: JSONValue) throws(RequestFailure) -> Option {
    if let text = element.stringValue { return Option(label: text.clipped(longestLabel), value: element, description: nil) }
    if element.doubleValue != nil { return Option(label: element.serialized(), value: element, description: nil) }
    guard let label = element["label"]?.stringValue else {
      throw RequestFailure("each option must be a text, a number, or an object with 'label'")
    }
    return Option(
      label: label.clipped(longestLabel), value: element["value"] ?? .string(label),
      description: element["description"]?.stringValue?.clipped(longestLabel))
  }

  /// A value or a label of the options, else an index; with `many` also a list of these.
  private static func preset(_ value: JSONValue?, _ options: [Option], _ isMany: Bool) throws(RequestFailure) -> [Int]? {
    guard let value, value != .null else { return nil }
    let wanted = isMany ? value.arrayValue ?? [value] : [value]
    var indices: [Int] = []
    for each in wanted {
      let named = options.firstIndex { $0.value == each } ?? options.firstIndex { .string($0.label) == each }
      guard let index = named ?? each.intValue, options.indices.contains(index) else {
        throw RequestFailure("the default \(each.serialized().clipped(100)) is none of the options")
      }
      if !indices.contains(index) { indices.append(index) }
    }
    return indices
  }

  // MARK: - Asking

  private var body: JSONValue {
    var body: JSONValue = ["message": .string(message), "options": .array(options.map(\.body)), "many": .bool(isMany)]
    if let preset {
      let indices = preset.map { JSONValue.integer(Int64($0)) }
      body["default"] = isMany ? .array(indices) : indices.first ?? .null
    }
    return body
  }

  func answer(_ ask: Ask) async throws -> JSONValue {
    guard let indices = try await chosen(ask) else { return ["chosen": isMany ? .array([]) : .null, "cancelled": true] }
    let values = indices.map { options[$0].value }
    return ["chosen": isMany ? .array(values) : values.first ?? .null, "cancelled": false]
  }

  /// - Returns: Nil when the person would not choose.
  private func chosen(_ ask: Ask) async throws -> [Int]? {
    guard let answer = try await ask.front(.choose, body) else {
      guard let preset else { throw Ask.nobody("let anybody choose", ", or give the question a default") }
      return preset
    }
    guard answer["cancelled"] != true else { return nil }
    let indices = (answer["chosen"]?.arrayValue ?? []).compactMap(\.intValue)
    guard indices.allSatisfy(options.indices.contains), isMany || indices.count == 1 else {
      throw RequestFailure("the front's answer is none of the options")
    }
    return indices
  }

  /// Yes or no: `bridge/confirm`.
  static func confirm(_ ask: Ask) async throws -> JSONValue {
    let message = try ask.text("message").clipped(Ask.longestText)
    let order = ChoiceOrder(
      message: message,
      options: [Option(label: "Yes", value: true, description: nil), Option(label: "No", value: false, description: nil)],
      preset: ask.params["default"]?.boolValue.map { [$0 ? 0 : 1] })
    return ["confirmed": .bool(try await order.chosen(ask) == [0])]
  }
}
