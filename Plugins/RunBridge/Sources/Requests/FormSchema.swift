// SPDX-License-Identifier: Apache-2.0

internal import JSON

/// The part of JSON Schema that forms use: `type`, `properties`, `required`, `additionalProperties` false, `enum`, `const`, `minimum`, `maximum`, `exclusiveMinimum`,
/// `exclusiveMaximum`, `minLength`, `maxLength`, `items`, `minItems`, `maxItems`, `default`.
///
/// Everything else is let pass, so a front may make use of it: `pattern` is not checked, for a pattern of a hostile script can take for ever.
struct FormSchema: Sendable {
  private struct Range: Sendable {
    var least: Double?
    var most: Double?
    var isOpenBelow = false
    var isOpenAbove = false
  }

  private let types: Set<String>
  private let properties: [(name: String, schema: FormSchema)]
  private let required: [String]
  private let isClosed: Bool
  private let choices: [JSONValue]?
  private let range: Range
  private let lengths: ClosedRange<Int>
  private let counts: ClosedRange<Int>
  /// None, or one.
  private let items: [FormSchema]
  private let preset: JSONValue?

  static let deepest = 16
  static let mostFields = 500
  private static let known: Set<String> = ["object", "array", "string", "number", "integer", "boolean", "null"]

  var isObject: Bool { types == ["object"] || (types.isEmpty && !properties.isEmpty) }

  /// - Throws: `RequestFailure` with what does not fit.
  init(_ source: JSONValue) throws(RequestFailure) {
    var left = Self.mostFields
    try self.init(source, at: "the schema", depth: 0, fields: &left)
  }

  private init(_ source: JSONValue, at place: String, depth: Int, fields: inout Int) throws(RequestFailure) {
    guard depth < Self.deepest else { throw RequestFailure("cannot show a form that is nested deeper than \(Self.deepest) levels") }
    guard source.objectValue != nil else { throw RequestFailure("\(place) must be an object") }
    fields -= 1
    guard fields >= 0 else { throw RequestFailure("cannot show a form of more than \(Self.mostFields) fields") }
    types = try Self.types(source["type"], place)
    (required, isClosed) = (source["required"]?.arrayValue?.compactMap(\.stringValue) ?? [], source["additionalProperties"] == false)
    choices = source["const"].map { [$0] } ?? source["enum"]?.arrayValue
    range = Range(
      least: source["exclusiveMinimum"]?.doubleValue ?? source["minimum"]?.doubleValue,
      most: source["exclusiveMaximum"]?.doubleValue ?? source["maximum"]?.doubleValue,
      isOpenBelow: source["exclusiveMinimum"]?.doubleValue != nil, isOpenAbove: source["exclusiveMaximum"]?.doubleValue != nil)
    lengths = try Self.counts(source["minLength"], source["maxLength"], place)
    counts = try Self.counts(source["minItems"], source["maxItems"], place)
    var properties: [(String, FormSchema)] = []
    for (name, part) in (source["properties"]?.objectValue ?? [:]).sorted(by: { $0.key < $1.key }) {
      properties.append((name, try FormSchema(part, at: "'\(name.clipped(100))' of the schema", depth: depth + 1, fields: &fields)))
    }
    self.properties = properties
    if let part = source["items"], part.objectValue != nil {
      items = [try FormSchema(part, at: "'items' of the schema", depth: depth + 1, fields: &fields)]
    } else {
      items = []
    }
    preset = source["default"]
  }

  private static func types(_ value: JSONValue?, _ place: String) throws(RequestFailure) -> Set<String> {
    guard let value else { return [] }
    let names = (value.arrayValue ?? [value]).map { $0.stringValue ?? "" }
    guard let unknown = names.first(where: { !known.contains($0) }) else { return Set(names) }
    throw RequestFailure("\(place) has the type '\(unknown.clipped(50))'; there are \(known.sorted().joined(separator: ", "))")
  }

  private static func counts(_ least: JSONValue?, _ most: JSONValue?, _ place: String) throws(RequestFailure) -> ClosedRange<Int> {
    let (least, most) = (max(0, least?.intValue ?? 0), most?.intValue ?? .max)
    guard least <= most else { throw RequestFailure("\(place) wants at least \(least) and at most \(most), which nothing fits") }
    return least...most
  }

  // MARK: - Values

  /// The value with the defaults of what it does not have.
  func completed(_ value: JSONValue) -> JSONValue {
    guard var members = value.objectValue else { return value }
    for (name, schema) in properties {
      if let member = members[name] {
        members[name] = schema.completed(member)
      } else if let preset = schema.preset {
        members[name] = preset
      } else if schema.isObject, case let inner = schema.completed([:]), inner != [:] {
        members[name] = inner
      }
    }
    return .object(members)
  }

  /// What does not fit, in words; nil when all does.
  func complaint(_ value: JSONValue) -> String? { complaint(value, at: "") }

  private func complaint(_ value: JSONValue, at place: String) -> String? {
    let name = place.isEmpty ? "the value" : "'\(place)'"
    if !types.isEmpty, !types.contains(where: { Self.isOf($0, value) }) {
      return "\(name) must be \(types.sorted().map { Self.words[$0] ?? $0 }.joined(separator: " or "))"
    }
    if let choices, !choices.contains(value), !isNumberAmong(choices, value) {
      return "\(name) must be one of \(choices.map { $0.serialized() }.joined(separator: ", ").clipped(300))"
    }
    switch value {
    case .integer, .number: return number(value.doubleValue ?? 0, name)
    case .string(let text): return Self.count(text.unicodeScalars.count, lengths, name, "characters")
    case .array(let elements): return array(elements, place, name)
    case .object(let members): return object(members, place)
    case .null, .bool: return nil
    }
  }

  /// 1 and 1.0 are one number.
  private func isNumberAmong(_ choices: [JSONValue], _ value: JSONValue) -> Bool {
    guard let number = value.doubleValue else { return false }
    return choices.contains { $0.doubleValue == number }
  }

  private static let words = [
    "object": "an object", "array": "a list", "string": "a text", "number": "a number", "integer": "a whole number",
    "boolean": "true or false", "null": "null",
  ]

  private static func isOf(_ type: String, _ value: JSONValue) -> Bool {
    switch (type, value) {
    case ("null", .null), ("boolean", .bool), ("string", .string), ("array", .array), ("object", .object): true
    case ("number", .integer), ("number", .number): true
    case ("integer", .integer): true
    case ("integer", .number): value.intValue != nil
    default: false
    }
  }

  private func number(_ number: Double, _ name: String) -> String? {
    if let least = range.least, range.isOpenBelow ? number <= least : number < least {
      return "\(name) must be \(range.isOpenBelow ? "above" : "at least") \(Self.shown(least))"
    }
    if let most = range.most, range.isOpenAbove ? number >= most : number > most {
      return "\(name) must be \(range.isOpenAbove ? "below" : "at most") \(Self.shown(most))"
    }
    return nil
  }

  private static func shown(_ number: Double) -> String { (JSONValue.number(number).intValue.map { "\($0)" }) ?? "\(number)" }

  private static func count(_ count: Int, _ range: ClosedRange<Int>, _ name: String, _ unit: String) -> String? {
    if count < range.lowerBound { return "\(name) must have at least \(range.lowerBound) \(unit)" }
    if count > range.upperBound { return "\(name) must have at most \(range.upperBound) \(unit)" }
    return nil
  }

  private func array(_ elements: [JSONValue], _ place: String, _ name: String) -> String? {
    if let complaint = Self.count(elements.count, counts, name, "elements") { return complaint }
    guard let schema = items.first else { return nil }
    for (index, element) in elements.enumerated() {
      if let complaint = schema.complaint(element, at: "\(place)[\(index)]") { return complaint }
    }
    return nil
  }

  private func object(_ members: [String: JSONValue], _ place: String) -> String? {
    let prefix = place.isEmpty ? "" : place + "."
    for name in required where members[name] == nil { return "'\(prefix)\(name.clipped(100))' is missing" }
    for (name, schema) in properties {
      guard let member = members[name] else { continue }
      if let complaint = schema.complaint(member, at: prefix + name.clipped(100)) { return complaint }
    }
    let names = Set(properties.map(\.name))
    guard isClosed, let extra = members.keys.sorted().first(where: { !names.contains($0) }) else { return nil }
    return "'\(prefix)\(extra.clipped(100))' is not asked for"
  }
}
