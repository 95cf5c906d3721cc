// SPDX-License-Identifier: Apache-2.0
import JSON

/// Makes bad input out of good input.
struct Mutation {
  var random: RandomSource

  /// One wrong value somewhere, a member too many or one too few; or, now and then, bytes that are not even JSON.
  mutating func bytes(of value: JSONValue) -> [UInt8] {
    switch random.below(5) {
    case 0: damaged(value.bytes())
    default: changed(value, depth: 0).bytes()
    }
  }

  private mutating func changed(_ value: JSONValue, depth: Int) -> JSONValue {
    switch value {
    case .object(let members) where depth < 8 && random.below(6) != 0: return changed(members, depth)
    case .array(var elements) where !elements.isEmpty && depth < 8 && random.below(4) != 0:
      let index = random.below(elements.count)
      elements[index] = changed(elements[index], depth: depth + 1)
      if random.below(4) == 0 { elements += Array(repeating: elements[index], count: 1_000) }
      return .array(elements)
    default: return wrong(value)
    }
  }

  private mutating func changed(_ members: [String: JSONValue], _ depth: Int) -> JSONValue {
    var members = members
    // In a fixed order: that of a dictionary is another one each time.
    let names = members.keys.sorted()
    guard !names.isEmpty, random.below(5) != 0 else {
      members[random.element(Self.texts)] = wrong(.null)
      return .object(members)
    }
    let name = random.element(names)
    guard random.below(4) != 0, let member = members[name] else {
      members[name] = nil
      return .object(members)
    }
    members[name] = changed(member, depth: depth + 1)
    return .object(members)
  }

  /// A value of another kind, or an extreme one of the same.
  private mutating func wrong(_ value: JSONValue) -> JSONValue {
    switch random.below(7) {
    case 0: .null
    case 1: .bool(random.below(2) == 0)
    case 2: .integer(random.element([0, -1, .max, .min, 1 << 53, 2_147_483_648]))
    case 3: .number(random.element([-0.0, 1e308, -1e308, Double.leastNonzeroMagnitude, 0.1]))
    case 4: .string(random.element(Self.texts))
    case 5: .array([value, value])
    default: .object([random.element(Self.texts): value])
    }
  }

  private static let texts = [
    "", "\0", " ", "../../../../etc/passwd", "%s%n%s", "'; DROP TABLE runs; --", "\u{202E}\u{1F9E8}", "e\u{301}\u{301}\u{301}",
    "\u{FEFF}\u{FFFF}", String(repeating: "A", count: 70_000), "\r\n\u{1B}[2J",
  ]

  /// A byte changed, left out or put in, or the end cut off.
  private mutating func damaged(_ bytes: [UInt8]) -> [UInt8] {
    guard !bytes.isEmpty else { return [UInt8(truncatingIfNeeded: random.next())] }
    var bytes = bytes
    let place = random.below(bytes.count)
    switch random.below(4) {
    case 0: bytes[place] = UInt8(truncatingIfNeeded: random.next())
    case 1: bytes.remove(at: place)
    case 2: bytes.insert(UInt8(truncatingIfNeeded: random.next()), at: place)
    default: bytes.removeLast(bytes.count - place)
    }
    return bytes
  }
}
