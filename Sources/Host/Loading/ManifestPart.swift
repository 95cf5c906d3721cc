// SPDX-License-Identifier: Apache-2.0
import JSON

/// Collects what is wrong with one manifest.
final class ManifestFaults {
  let path: String
  private let map: JSONSourceMap?
  private(set) var refusals: [Refusal] = []

  /// - Parameter map: Where everything stands in the text, if it could be read.
  init(path: String, map: JSONSourceMap?) {
    self.path = path
    self.map = map
  }

  func report(_ cause: String) { report(.badManifest, cause) }

  func report(_ code: Refusal.Code, _ cause: String) { refusals.append(Refusal(code, path: path, cause)) }

  /// The place in quotes and its line, as in "'commands[0].name' (line 7)".
  func name(_ place: JSONPath) -> String {
    "'\(place)'" + ((map?.values[place]).map { " (line \($0.line))" } ?? "")
  }
}

/// One object of a manifest. Every reader reports what is wrong and answers what does no harm.
struct ManifestPart {
  let place: JSONPath
  let faults: ManifestFaults
  private let members: [String: JSONValue]

  /// - Parameter keys: All that may stand here.
  /// - Returns: nil when the value is no object.
  init?(_ value: JSONValue, at place: JSONPath, keys: [String], faults: ManifestFaults) {
    guard let members = value.objectValue else {
      faults.report("\(faults.name(place)) is \(Self.kind(value)); write an object: { … }")
      return nil
    }
    self.place = place
    self.faults = faults
    self.members = members
    for key in members.keys.sorted() where !keys.contains(key) {
      let cure = NearMiss.closest(to: key, in: keys).map { "did you mean '\($0)'?" } ?? "remove it"
      faults.report("unknown key \(faults.name(place.appending(key))); \(cure)")
    }
  }

  /// Reports a fault at a member.
  func report(_ key: String, _ cause: String) { faults.report("\(faults.name(place.appending(key))) \(cause)") }

  private func value(_ key: String, isRequired: Bool = false) -> JSONValue? {
    if let value = members[key] { return value }
    if isRequired { faults.report("'\(place.appending(key))' is missing; add it") }
    return nil
  }

  /// Text of 1 to `limit` bytes.
  func text(_ key: String, isRequired: Bool = false, limit: Int = 200) -> String? {
    guard let value = value(key, isRequired: isRequired) else { return nil }
    return text(value, at: place.appending(key), limit: limit)
  }

  private func text(_ value: JSONValue, at place: JSONPath, limit: Int) -> String? {
    guard let text = value.stringValue else {
      faults.report("\(faults.name(place)) is \(Self.kind(value)); write text")
      return nil
    }
    guard !text.isEmpty, text.utf8.count <= limit, !text.unicodeScalars.contains(where: { $0.value < 0x20 }) else {
      faults.report("\(faults.name(place)) must have 1 to \(limit) bytes and no control characters; write it so")
      return nil
    }
    return text
  }

  func flag(_ key: String) -> Bool {
    guard let value = value(key) else { return false }
    if value.boolValue == nil { report(key, "is \(Self.kind(value)); write true or false") }
    return value.boolValue ?? false
  }

  func number(_ key: String, in range: ClosedRange<Int>, isRequired: Bool = false) -> Int? {
    guard let value = value(key, isRequired: isRequired) else { return nil }
    guard let number = value.intValue, range.contains(number) else {
      let what = value.doubleValue == nil ? Self.kind(value) : value.serialized()
      report(key, "is \(what); write a whole number from \(range.lowerBound) to \(range.upperBound)")
      return nil
    }
    return number
  }

  /// A JSON Schema that the host will hold values to.
  func schema(_ key: String) -> JSONValue? {
    guard let value = object(key) else { return nil }
    do throws(JSONSchemaError) { _ = try JSONSchema(value) } catch {
      faults.report("\(faults.name(place.appending(key).appending(error.path))) must be \(error.expected); correct the schema")
    }
    return value
  }

  /// An object that is kept as it is.
  func object(_ key: String) -> JSONValue? {
    guard let value = value(key) else { return nil }
    guard value.objectValue != nil else {
      report(key, "is \(Self.kind(value)); write an object: { … }")
      return nil
    }
    return value
  }

  /// An object within this one.
  func part(_ key: String, keys: [String], isRequired: Bool = false) -> ManifestPart? {
    value(key, isRequired: isRequired).flatMap { ManifestPart($0, at: place.appending(key), keys: keys, faults: faults) }
  }

  /// The objects of an array.
  func parts(_ key: String, keys: [String], limit: Int) -> [ManifestPart] {
    elements(key, limit: limit).compactMap { ManifestPart($0.value, at: $0.place, keys: keys, faults: faults) }
  }

  /// The texts of an array; one that stands there twice is reported.
  func texts(_ key: String, limit: Int = 100) -> [(text: String, place: JSONPath)] {
    var seen: Set<String> = []
    return elements(key, limit: limit).compactMap { element in
      guard let text = text(element.value, at: element.place, limit: 200) else { return nil }
      guard seen.insert(text).inserted else {
        faults.report("\(faults.name(element.place)) names '\(text)' a second time; remove one")
        return nil
      }
      return (text, element.place)
    }
  }

  private func elements(_ key: String, limit: Int) -> [(value: JSONValue, place: JSONPath)] {
    guard let value = value(key) else { return [] }
    guard let elements = value.arrayValue else {
      report(key, "is \(Self.kind(value)); write an array: [ … ]")
      return []
    }
    guard elements.count <= limit else {
      report(key, "has \(elements.count) entries; at most \(limit) are allowed")
      return []
    }
    return elements.enumerated().map { ($1, place.appending(key).appending($0)) }
  }

  /// The members as texts, by name.
  func textMembers(_ key: String) -> [(name: String, text: String, place: JSONPath)] {
    guard let members = object(key)?.objectValue else { return [] }
    return members.sorted { $0.key < $1.key }.compactMap { member in
      let place = place.appending(key).appending(member.key)
      return text(member.value, at: place, limit: 200).map { (member.key, $0, place) }
    }
  }

  func has(_ key: String) -> Bool { members[key] != nil }

  private static func kind(_ value: JSONValue) -> String {
    switch value {
    case .null: "null"
    case .bool: "true or false"
    case .integer, .number: "a number"
    case .string: "text"
    case .array: "an array"
    case .object: "an object"
    }
  }
}
