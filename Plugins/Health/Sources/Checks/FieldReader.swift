// SPDX-License-Identifier: Apache-2.0

internal import JSON

/// Reads what a trainer answered, member by member, and keeps account: a trainer is not trusted to send what its protocol says.
struct FieldReader {
  private let members: [String: JSONValue]
  private var read: Set<String> = []
  /// Members that were there and not what they should be.
  private(set) var mistyped: [String] = []

  init(_ members: [String: JSONValue]) { self.members = members }

  mutating func bool(_ name: String) -> Bool? { value(name, \.boolValue) }
  mutating func count(_ name: String) -> Int? { value(name, \.intValue) }
  mutating func number(_ name: String) -> Double? { value(name) { $0.doubleValue.flatMap { $0.isFinite ? $0 : nil } } }
  mutating func text(_ name: String) -> String? { value(name, \.stringValue) }
  mutating func objects(_ name: String) -> [JSONValue]? { value(name, \.arrayValue) }

  /// The notes of an answer; those that are no text are passed over.
  mutating func texts(_ name: String) -> [String] { value(name, \.arrayValue)?.compactMap(\.stringValue) ?? [] }

  /// The member, or nil: missing, null, or not what it should be.
  private mutating func value<T>(_ name: String, _ convert: (JSONValue) -> T?) -> T? {
    read.insert(name)
    guard let member = members[name], !member.isNull else { return nil }
    guard let converted = convert(member) else {
      mistyped.append(name)
      return nil
    }
    return converted
  }

  /// Everything but the text, to be kept: also what nobody reads, but not what was no such thing; those names are in `not_told`.
  var fields: [String: JSONValue] {
    var fields = members.filter { $0.key != "text" && !mistyped.contains($0.key) }.mapValues { $0.bounded() }
    if fields.count > JSONValue.mostElements {
      fields = fields.filter { read.contains($0.key) }
    }
    if !mistyped.isEmpty { fields["not_told"] = .array(mistyped.sorted().map { .string($0) }) }
    let size = JSONValue.object(fields).bytes().count
    return size <= Self.mostBytes ? fields : ["dropped": .string("\(size) bytes of fields; \(Self.mostBytes) are kept at most")]
  }

  private static let mostBytes = 32 << 10
}
