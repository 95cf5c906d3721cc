// SPDX-License-Identifier: Apache-2.0

internal import JSON

/// What a page wants to hear: the events of a pattern, perhaps only those whose payload has certain values.
struct EventWish: Sendable, Hashable {
  /// A topic, "trainer.*" for all below one, or "*".
  let pattern: String
  /// By member: each must have one of its values.
  let conditions: [String: Set<JSONValue>]

  static let wishLimit = 256
  static let patternLimit = 32
  static let conditionLimit = 8
  static let valueLimit = 1_000

  /// Reads the `topics` of a request.
  static func read(_ topics: JSONValue?) throws(ControlFault) -> Set<EventWish> {
    guard let rows = topics?.arrayValue else { throw fault("'topics' is no array") }
    guard rows.count <= wishLimit else { throw fault("'topics' has \(rows.count) entries; at most \(wishLimit) are taken") }
    var wishes: Set<EventWish> = []
    for row in rows { wishes.insert(try EventWish(row)) }
    let patterns = Set(wishes.map(\.pattern)).count
    guard patterns <= patternLimit else { throw fault("\(patterns) different topics; at most \(patternLimit) are taken") }
    return wishes
  }

  private init(_ row: JSONValue) throws(ControlFault) {
    guard let pattern = row["topic"]?.stringValue, Self.isPattern(pattern) else {
      throw Self.fault("a topic should be as 'trainer.step', 'trainer.*' or '*'")
    }
    self.pattern = pattern
    guard let members = row["where"], members != .null else {
      conditions = [:]
      return
    }
    guard let members = members.objectValue, members.count <= Self.conditionLimit else {
      throw Self.fault("'where' should be an object with at most \(Self.conditionLimit) members")
    }
    conditions = try Self.conditions(members)
  }

  private static func conditions(_ members: [String: JSONValue]) throws(ControlFault) -> [String: Set<JSONValue>] {
    var conditions: [String: Set<JSONValue>] = [:]
    for (name, values) in members {
      guard let values = values.arrayValue, values.count <= valueLimit, name.utf8.count <= 100 else {
        throw fault("'where' should have arrays of at most \(valueLimit) values")
      }
      conditions[name] = Set(values.map(plain))
    }
    return conditions
  }

  /// A number is the same however it is written.
  static func plain(_ value: JSONValue) -> JSONValue {
    if case .integer(let number) = value { return .number(Double(number)) }
    return value
  }

  private static func fault(_ reason: String) -> ControlFault { ControlFault("invalid", "cannot read which topics are wanted: \(reason)") }

  /// Whether the text could be a pattern at all; the host is stricter.
  static func isPattern(_ text: String) -> Bool {
    guard !text.isEmpty, text.utf8.count <= 200 else { return false }
    let name = text == "*" ? "" : text.hasSuffix(".*") ? String(text.dropLast(2)) : text
    return text == "*" || (!name.isEmpty && name.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7f && $0 != 0x22 && $0 != 0x2a && $0 != 0x5c })
  }

  func covers(_ topic: String) -> Bool { Self.covers(pattern, topic) }

  static func covers(_ pattern: String, _ topic: String) -> Bool {
    pattern == "*" || pattern == topic || (pattern.hasSuffix(".*") && topic.hasPrefix(pattern.dropLast()))
  }
}
