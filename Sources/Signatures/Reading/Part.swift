// SPDX-License-Identifier: Apache-2.0
import JSON

/// One object of a manifest. Every reader reports what is wrong and answers what does no harm.
struct Part {
  let path: [SignatureFault.Step]
  let faults: FaultList
  let members: [String: JSONValue]

  /// - Parameter keys: All that may stand here; nil: anything, somebody else looks at the rest.
  init?(_ value: JSONValue, at path: [SignatureFault.Step], keys: [String]?, faults: FaultList) {
    guard let members = value.objectValue else {
      faults.report(path, "is \(value.kindInWords); write an object: { … }")
      return nil
    }
    (self.path, self.faults, self.members) = (path, faults, members)
    guard let keys else { return }
    for key in members.keys.sorted() where !keys.contains(key) {
      faults.report(path + [.key(key)], "has no meaning here; remove it, or write one of \(keys.alternatives)")
    }
  }

  func report(_ key: String, _ cause: String) { faults.report(path + [.key(key)], cause) }

  func has(_ key: String) -> Bool { members[key] != nil }

  /// Text of 1 to 255 bytes.
  func text(_ key: String, isRequired: Bool = false) -> String? {
    guard let value = members[key] else {
      if isRequired { report(key, "is missing; add it") }
      return nil
    }
    guard let text = value.stringValue, (1...255).contains(text.utf8.count) else {
      report(key, "is \(value.kindInWords); write text of 1 to 255 bytes")
      return nil
    }
    return text
  }

  /// Text that names something in C.
  func symbol(_ key: String, isRequired: Bool = false) -> String? {
    guard let text = text(key, isRequired: isRequired) else { return nil }
    if text.isIdentifier { return text }
    report(key, "is '\(text)', which C cannot name anything; write the symbol as 'nm -D' shows it")
    return nil
  }

  /// Text that names a member of a JSON object.
  func name(_ key: String, isRequired: Bool = false) -> String? {
    guard let text = text(key, isRequired: isRequired) else { return nil }
    if text.isIdentifier, text.utf8.count <= 64 { return text }
    report(key, "is '\(text)'; write letters, digits and '_', at most 64, no digit first")
    return nil
  }

  func choice<Choice: RawRepresentable<String> & CaseIterable>(_ key: String, _ type: Choice.Type) -> Choice? {
    guard let text = text(key) else { return nil }
    if let choice = Choice(rawValue: text) { return choice }
    report(key, "is '\(text)'; write \(type.allCases.map(\.rawValue).alternatives)")
    return nil
  }

  func flag(_ key: String) -> Bool {
    guard let value = members[key] else { return false }
    if value.boolValue == nil { report(key, "is \(value.kindInWords); write true or false") }
    return value.boolValue ?? false
  }

  func integer(_ key: String, in range: ClosedRange<Int>) -> Int? {
    guard let value = members[key] else { return nil }
    if let number = value.intValue, range.contains(number) { return number }
    let what = value.doubleValue == nil ? value.kindInWords : value.serialized()
    report(key, "is \(what); write a whole number from \(range.lowerBound) to \(range.upperBound)")
    return nil
  }

  func part(_ key: String, keys: [String]?) -> Part? {
    members[key].flatMap { Part($0, at: path + [.key(key)], keys: keys, faults: faults) }
  }

  /// The objects of an array.
  func parts(_ key: String, limit: Int, keys: [String]?) -> [Part] {
    guard let value = members[key] else { return [] }
    guard let elements = value.arrayValue else {
      report(key, "is \(value.kindInWords); write an array: [ … ]")
      return []
    }
    guard elements.count <= limit else {
      report(key, "has \(elements.count) entries; at most \(limit) are allowed")
      return []
    }
    return elements.enumerated().compactMap { index, element in
      Part(element, at: path + [.key(key), .index(index)], keys: keys, faults: faults)
    }
  }

  /// The members of an object, each an object, by name.
  func named(_ key: String, limit: Int, keys: [String]) -> [(name: String, part: Part)] {
    guard let all = part(key, keys: nil) else { return [] }
    guard all.members.count <= limit else {
      report(key, "has \(all.members.count) entries; at most \(limit) are allowed")
      return []
    }
    return all.members.sorted { $0.key < $1.key }.compactMap { member in
      guard member.key.isIdentifier else {
        all.report(member.key, "is no name; write letters, digits and '_', no digit first")
        return nil
      }
      return Part(member.value, at: all.path + [.key(member.key)], keys: keys, faults: faults).map { (member.key, $0) }
    }
  }
}

extension JSONValue {
  var kindInWords: String {
    switch self {
    case .null: "null"
    case .bool: "true or false"
    case .integer, .number: "a number"
    case .string(let text): text.isEmpty ? "empty" : "text"
    case .array: "an array"
    case .object: "an object"
    }
  }
}

extension String {
  /// Whether it is ^[A-Za-z_][A-Za-z0-9_]*$.
  var isIdentifier: Bool {
    guard let first = utf8.first, !(UInt8(ascii: "0")...UInt8(ascii: "9")).contains(first) else { return false }
    return utf8.allSatisfy { byte in
      switch byte {
      case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "0")...UInt8(ascii: "9"),
        UInt8(ascii: "_"):
        true
      default: false
      }
    }
  }
}
