// SPDX-License-Identifier: Apache-2.0
import JSON

/// Reads one argument of a function.
struct ArgumentReader {
  let types: NamedTypes
  let names: ArgumentNames

  static let keys = [
    "name", "type", "summary", "direction", "pointer", "optional", "minimum", "maximum", "value", "default", "setting", "encoding", "size",
    "capacity",
    "length", "of", "as", "unit", "releases", "free",
  ]

  /// The keys that each type understands, beside "type" and "summary".
  private func keys(_ word: TypeWord, _ direction: Argument.Direction) -> [String] {
    switch (word, direction) {
    case (.scalar, .in): ["name", "direction", "pointer", "minimum", "maximum", "value", "default", "setting"]
    case (.scalar, .inout): ["name", "direction", "minimum", "maximum", "value", "default", "setting"]
    case (.scalar, .out): ["name", "direction"]
    case (.text, .in): ["name", "direction", "pointer", "optional", "value", "default", "setting"]
    case (.text, _): ["name", "direction", "free"]
    case (.buffer, .in): ["name", "direction", "optional", "encoding", "size"]
    case (.buffer, .inout): ["name", "direction", "encoding", "size", "length"]
    case (.buffer, .out): ["name", "direction", "encoding", "capacity", "length"]
    case (.length, _): ["of", "as", "unit", "direction"]
    case (.handle, .in): ["name", "direction", "optional", "releases"]
    case (.handle, _): ["name", "direction"]
    case (.structure, .in): ["name", "direction", "optional"]
    case (.structure, _): ["name", "direction"]
    case (.null, _), (.void, _), (.pointer, _): []
    }
  }

  func read(_ part: Part) -> Argument? {
    guard let text = part.text("type", isRequired: true) else { return nil }
    guard let word = TypeWord(text), word != .void, word != .pointer else {
      part.report("type", "is '\(text)'; \(TypeWord.hint(text))")
      return nil
    }
    let direction = part.choice("direction", Argument.Direction.self) ?? .in
    let known = keys(word, direction)
    for key in Self.keys where part.has(key) && !(known + ["type", "summary"]).contains(key) {
      part.report(key, "has no meaning for '\(text)' with direction '\(direction.rawValue)'; remove it")
    }
    let name = known.contains("name") ? part.name("name", isRequired: true) : ""
    guard let kind = kind(word, direction, part), let name else { return nil }
    return Argument(
      name: name, summary: part.text("summary") ?? "", kind: kind, direction: direction, isByPointer: part.flag("pointer"),
      range: range(part, kind), isOptional: part.flag("optional"), preset: preset(part, kind))
  }

  private func kind(_ word: TypeWord, _ direction: Argument.Direction, _ part: Part) -> Argument.Kind? {
    switch word {
    case .scalar(let type): return .scalar(type)
    case .text:
      if direction == .inout { part.report("direction", "is 'inout', which no text can be; write 'in' or 'out'") }
      return .text(free: part.symbol("free"))
    case .buffer: return buffer(part, direction).map(Argument.Kind.buffer)
    case .length: return length(part).map(Argument.Kind.length)
    case .handle(let name):
      if direction == .inout { part.report("direction", "is 'inout', which no handle can be; write 'in' or 'out'") }
      return types.handle(name, part) ? .handle(name, releases: part.flag("releases")) : nil
    case .structure(let name): return types.structure(name, part) ? .structure(name) : nil
    case .null: return .null
    case .void, .pointer: return nil
    }
  }

  private func range(_ part: Part, _ kind: Argument.Kind) -> ClosedRange<Int>? {
    guard let key = ["minimum", "maximum"].first(where: { part.has($0) }) else { return nil }
    guard case .scalar(let type) = kind, type.isInteger else {
      part.report(key, "is for whole numbers; remove it")
      return nil
    }
    let lowest = part.integer("minimum", in: Int.min...Int.max) ?? (type.isSigned ? Int.min : 0)
    let highest = part.integer("maximum", in: Int.min...Int.max) ?? Int.max
    if lowest > highest { part.report("maximum", "is below 'minimum'; correct one of the two") }
    return lowest <= highest ? lowest...highest : nil
  }

  // MARK: Buffers

  private func buffer(_ part: Part, _ direction: Argument.Direction) -> Argument.Buffer? {
    let encoding = part.choice("encoding", BufferEncoding.self) ?? .base64
    let rules = SizeRuleReader(arguments: names)
    let size = part.members["size"].flatMap { rules.read($0, part.path + [.key("size")], part.faults) }
    let capacity = direction == .out ? capacity(part, rules) : .rule(.fixed(0))
    guard let capacity, let filled = filled(part) else { return nil }
    return Argument.Buffer(encoding: encoding, size: size, capacity: capacity, filled: filled)
  }

  private func capacity(_ part: Part, _ rules: SizeRuleReader) -> Argument.Capacity? {
    guard let value = part.members["capacity"] else {
      part.report(
        "capacity",
        "is missing; write how many bytes C may write: 4096, { \"of\": \"argument\" }, or { \"member\": \"capacity\" } to ask the caller")
      return nil
    }
    let path = part.path + [.key("capacity")]
    guard value["member"] != nil else { return rules.read(value, path, part.faults).map(Argument.Capacity.rule) }
    guard let own = Part(value, at: path, keys: ["member", "default"], faults: part.faults), let name = own.name("member") else {
      return nil
    }
    return .member(name, default: own.integer("default", in: 1...Limits.bytes))
  }

  private func filled(_ part: Part) -> Argument.Filled? {
    let linked = part.members["name"]?.stringValue.flatMap { names.writtenLength(of: $0) }
    guard let text = part.text("length") else { return linked.map(Argument.Filled.length) ?? .whole }
    if linked != nil {
      part.report("length", "is '\(text)', but an argument of type 'length' tells it already; remove one of the two")
      return nil
    }
    switch text {
    case "all": return .whole
    case "return": return .result
    case "nul": return .terminator
    default:
      part.report("length", "is '\(text)'; write 'all', 'return' or 'nul', or add an argument of type 'length'")
      return nil
    }
  }

  private func length(_ part: Part) -> Argument.Length? {
    let type = part.choice("as", ScalarType.self)
    if !part.has("as") { part.report("as", "is missing; write the type of the number, such as 'u32' or 'u64'") }
    if let type, !type.isInteger { part.report("as", "is '\(type.rawValue)'; write a whole number such as 'u32' or 'u64'") }
    guard let buffer = part.text("of", isRequired: true), let type else { return nil }
    guard let index = names.index(of: buffer), names.word(index) == .buffer else {
      part.report("of", "is '\(buffer)', which is no argument of type 'bytes'\(names.hint)")
      return nil
    }
    if part.members["direction"]?.stringValue ?? "in" != "in", names.direction(index) == .in {
      part.report("direction", "is for a buffer that comes out, and '\(buffer)' only goes in; remove it")
    }
    return Argument.Length(buffer: index, type: type, unit: part.integer("unit", in: 1...64) ?? 1)
  }

  // MARK: Presets

  private func preset(_ part: Part, _ kind: Argument.Kind) -> Argument.Preset {
    let given = ["value", "default", "setting"].filter { part.has($0) }
    if given.count > 1 { part.report(given[1], "stands beside '\(given[0])'; only one of them can be; remove the other") }
    if part.has("setting") { return part.name("setting").map(Argument.Preset.setting) ?? .none }
    guard let key = given.first, let value = part.members[key] else { return .none }
    if let wanted = kind.mismatch(value) {
      part.report(key, "is \(value.doubleValue == nil ? value.kindInWords : value.serialized()); write \(wanted)")
      return .none
    }
    return key == "value" ? .value(value) : .otherwise(value)
  }
}

extension Argument.Kind {
  /// What a value of a manifest should have been; nil when it fits.
  func mismatch(_ value: JSONValue) -> String? {
    switch self {
    case .scalar(.bool): value.boolValue == nil ? "true or false" : nil
    case .scalar(let type) where type.isFloating: value.doubleValue == nil ? "a number" : nil
    case .scalar(let type):
      value.intValue.flatMap { type.bits(Int64($0)) } == nil ? "a whole number from \(type.limits!.lowest) to \(type.limits!.highest)" : nil
    case .text: value.stringValue.map { !$0.utf8.contains(0) } == true ? nil : "text without a NUL"
    case .buffer, .length, .handle, .structure, .null: "nothing"
    }
  }
}
