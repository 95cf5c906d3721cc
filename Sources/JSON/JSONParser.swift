// SPDX-License-Identifier: Apache-2.0
// The hot path: reads a line without making values of it. See JSONValue for everything that is not hot.

internal import CSimdjson

/// A JSON parser that keeps its buffers from one document to the next.
///
/// Not for two threads at once. Elements it gave out are valid until its next `parse`; using one later stops the process with
/// a message instead of reading foreign memory. The one pointer inside is made in `init` and freed in `deinit`.
@safe public final class JSONParser {
  /// How many arrays and objects may be nested.
  public static let maximumDepth = 128

  private let handle: OpaquePointer
  /// Counts documents, so that an element of an earlier one is recognised.
  private(set) var generation: UInt64 = 0

  /// Makes a parser.
  public init() {
    guard let handle = unsafe simdjson_shim_make(Self.maximumDepth) else {
      preconditionFailure("out of memory while making a JSON parser")
    }
    unsafe self.handle = handle
  }

  deinit {
    unsafe simdjson_shim_free(handle)
  }

  /// Parses one document: strict, UTF-8, nothing behind it.
  ///
  /// - Parameter text: Read during the call alone; it may go away as soon as this returns.
  public func parse(_ text: UnsafeRawBufferPointer) throws(JSONError) -> JSONElement {
    generation += 1
    var root = simdjson_shim_element()
    let bytes = unsafe text.assumingMemoryBound(to: UInt8.self).baseAddress
    let code = unsafe simdjson_shim_parse(handle, bytes, text.count, &root)
    guard code == 0 else { throw JSONError(message: sentence(for: code)) }
    return JSONElement(parser: self, raw: root)
  }

  /// Parses one document.
  public func parse(_ text: UnsafeBufferPointer<UInt8>) throws(JSONError) -> JSONElement {
    try unsafe parse(UnsafeRawBufferPointer(text))
  }

  /// Parses one document.
  public func parse(_ text: Span<UInt8>) throws(JSONError) -> JSONElement {
    try unsafe text.withUnsafeBytes { bytes throws(JSONError) in try unsafe parse(bytes) }
  }

  /// Parses one document.
  public func parse(_ text: [UInt8]) throws(JSONError) -> JSONElement {
    try parse(text.span)
  }
}

/// Turns simdjson's code into our sentence; its own texts speak of its internals.
private func sentence(for code: Int32) -> String {
  switch code {
  case 1: "not JSON: larger than 4 GiB"
  case 2: "cannot parse JSON: out of memory"
  case 4: "not JSON that is accepted: nested deeper than \(JSONParser.maximumDepth) levels"
  case 5: "not JSON: a string holds a wrong escape, or half of a surrogate pair"
  case 6, 7, 8: "not JSON: an unquoted word that is none of true, false, null"
  case 9: "not JSON: a number is written wrongly or too large for a double"
  case 10: "not JSON: the text is not UTF-8"
  case 12: "not JSON: the text is empty"
  case 13: "not JSON: a string holds a control character; write it as an escape"
  case 14: "not JSON: a string has no closing quote"
  case 3, 27, 30: "not JSON: a bracket, comma, colon or quote is missing or misplaced"
  default: "not JSON: \(unsafe String(cString: simdjson_shim_message(code)))"
  }
}
