// SPDX-License-Identifier: Apache-2.0

internal import CSimdjson

/// One value inside the latest document of a parser; see `JSONParser` for how long it is valid.
public struct JSONElement {
  /// What a value is.
  public enum Kind: Int32, Sendable {
    case null = 0
    case bool, integer, number, string, array, object
  }

  private let parser: JSONParser
  private let generation: UInt64
  private let bits: simdjson_shim_element

  init(parser: JSONParser, raw: simdjson_shim_element) {
    self.parser = parser
    generation = parser.generation
    bits = raw
  }

  /// The shim's element, if its document is still there.
  private var raw: simdjson_shim_element {
    precondition(generation == parser.generation, "a JSON element was used after its parser had read the next document")
    return bits
  }

  /// What this value is. A whole number beyond 64 bits is a `number`.
  public var kind: Kind {
    // The shim answers with these seven only.
    Kind(rawValue: simdjson_shim_kind(raw)) ?? .null
  }

  /// The last member of that name; nil for a missing one and for all that is no object.
  public subscript(key: String) -> JSONElement? {
    var member = simdjson_shim_element()
    var key = key
    let found = key.withUTF8 { name in
      unsafe name.withMemoryRebound(to: CChar.self) { name in
        unsafe simdjson_shim_member(raw, name.baseAddress, name.count, &member)
      }
    }
    return found ? JSONElement(parser: parser, raw: member) : nil
  }

  /// The truth value, if this is one.
  public var bool: Bool? { kind == .bool ? simdjson_shim_bool(raw) : nil }

  /// The whole number, if this is one within 64 bits.
  public var int: Int64? { kind == .integer ? simdjson_shim_integer(raw) : nil }

  /// The whole number, if this is one from 0 to the greatest of 64 bits; `int` ends at the greatest signed one.
  public var unsigned: UInt64? {
    var value: UInt64 = 0
    return unsafe simdjson_shim_unsigned(raw, &value) ? value : nil
  }

  /// The number, whole or not, if this is one.
  public var double: Double? {
    switch kind {
    case .integer, .number: simdjson_shim_number(raw)
    case .null, .bool, .string, .array, .object: nil
    }
  }

  /// The text, if this is one.
  public var string: String? {
    guard kind == .string else { return nil }
    var count = 0
    let start = unsafe simdjson_shim_string(raw, &count)
    return unsafe text(start, count)
  }

  /// Lends the bytes of the text, if this is one; makes no string of it.
  public func withText<Result, Failure: Error>(_ body: (Span<UInt8>) throws(Failure) -> Result) throws(Failure) -> Result? {
    guard kind == .string else { return nil }
    var count = 0
    let start = unsafe simdjson_shim_string(raw, &count)
    return try unsafe body(bytes(start, count).span)
  }

  /// Whether this is exactly that text; makes no string of it.
  public func equals(_ other: StaticString) -> Bool {
    guard kind == .string, other.hasPointerRepresentation else { return false }
    var count = 0
    let start = unsafe simdjson_shim_string(raw, &count)
    guard count == other.utf8CodeUnitCount else { return false }
    let mine = unsafe UnsafeRawBufferPointer(start: start, count: count)
    return unsafe mine.elementsEqual(UnsafeRawBufferPointer(start: other.utf8Start, count: count))
  }

  /// Visits the members of an object in the order of the text; two of one name are both visited. Nothing for other kinds.
  public func forEachMember<Failure: Error>(_ body: (String, JSONElement) throws(Failure) -> Void) throws(Failure) {
    var cursor = simdjson_shim_cursor()
    unsafe simdjson_shim_object_begin(raw, &cursor)
    var member = simdjson_shim_element()
    var name = unsafe UnsafePointer<CChar>(bitPattern: 1)!  // never read: `next` writes it first, and 1 is not null
    var count = 0
    while unsafe simdjson_shim_object_next(&cursor, &name, &count, &member) {
      try body(unsafe text(name, count), JSONElement(parser: parser, raw: member))
      _ = raw  // the body may have parsed the next document: stop rather than walk on in it
    }
  }

  /// Visits the members of an object as `forEachMember` does, with each name lent as bytes: makes no string of it.
  public func forEachMemberBytes<Failure: Error>(_ body: (Span<UInt8>, JSONElement) throws(Failure) -> Void) throws(Failure) {
    var cursor = simdjson_shim_cursor()
    unsafe simdjson_shim_object_begin(raw, &cursor)
    var member = simdjson_shim_element()
    var name = unsafe UnsafePointer<CChar>(bitPattern: 1)!  // never read: `next` writes it first, and 1 is not null
    var count = 0
    while unsafe simdjson_shim_object_next(&cursor, &name, &count, &member) {
      try unsafe body(bytes(name, count).span, JSONElement(parser: parser, raw: member))
      _ = raw
    }
  }

  /// Visits the elements of an array in order. Nothing for other kinds.
  public func forEachElement<Failure: Error>(_ body: (JSONElement) throws(Failure) -> Void) throws(Failure) {
    var cursor = simdjson_shim_cursor()
    unsafe simdjson_shim_array_begin(raw, &cursor)
    var element = simdjson_shim_element()
    while unsafe simdjson_shim_array_next(&cursor, &element) {
      try body(JSONElement(parser: parser, raw: element))
      _ = raw
    }
  }

  /// Copies this element and all below it into a value of its own.
  public func value() -> JSONValue {
    switch kind {
    case .null: return .null
    case .bool: return .bool(simdjson_shim_bool(raw))
    case .integer: return .integer(simdjson_shim_integer(raw))
    case .number: return .number(simdjson_shim_number(raw))
    case .string: return .string(string ?? "")
    case .array:
      var elements: [JSONValue] = []
      forEachElement { elements.append($0.value()) }
      return .array(elements)
    case .object:
      var members: [String: JSONValue] = [:]
      forEachMember { members[$0] = $1.value() }
      return .object(members)
    }
  }
}

private func bytes(_ start: UnsafePointer<CChar>, _ count: Int) -> UnsafeBufferPointer<UInt8> {
  unsafe UnsafeBufferPointer(start: UnsafeRawPointer(start).assumingMemoryBound(to: UInt8.self), count: count)
}

private func text(_ start: UnsafePointer<CChar>, _ count: Int) -> String {
  unsafe String(decoding: UnsafeRawBufferPointer(start: start, count: count), as: UTF8.self)
}
