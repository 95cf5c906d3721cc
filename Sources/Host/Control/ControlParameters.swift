// SPDX-License-Identifier: Apache-2.0
import JSON

/// The params of a request; each reader throws a sentence that names what is wrong.
struct ControlParameters {
  private let values: [String: JSONValue]
  /// The JSON text of the member "input", as it was sent.
  let input: [UInt8]?

  init(values: [String: JSONValue], input: [UInt8]?) {
    self.values = values
    self.input = input
  }

  init(_ params: JSONElement, line: [UInt8]) {
    var values: [String: JSONValue] = [:]
    var input: [UInt8]?
    params.forEachMember { name, element in
      guard name == "input" else {
        values[name] = element.value()
        return
      }
      values[name] = .null
      input = JSONText.member(["params", "input"], of: line) ?? element.value().bytes()
    }
    self.init(values: values, input: input)
  }

  /// Refuses members that the method does not know.
  func allow(_ names: [String]) throws(ControlError) {
    for name in values.keys.sorted() where !names.contains(name) {
      let hint = NearMiss.closest(to: name, in: names).map { "; did you mean '\($0)'?" } ?? Self.list(names)
      throw .wrongParameters("there is no parameter '\(name)'\(hint)")
    }
  }

  private static func list(_ names: [String]) -> String {
    names.isEmpty ? "; this method takes none" : "; this method takes " + names.map { "'\($0)'" }.joined(separator: ", ")
  }

  func string(_ name: String) throws(ControlError) -> String {
    guard let value = values[name]?.stringValue else { throw .wrongParameters("'\(name)' must be given, as a string") }
    return value
  }

  func optionalString(_ name: String) throws(ControlError) -> String? {
    guard let value = given(name) else { return nil }
    guard let text = value.stringValue else { throw .wrongParameters("'\(name)' must be a string") }
    return text
  }

  func flag(_ name: String) throws(ControlError) -> Bool {
    guard let value = given(name) else { return false }
    guard let flag = value.boolValue else { throw .wrongParameters("'\(name)' must be true or false") }
    return flag
  }

  func number(_ name: String, in range: ClosedRange<Int>) throws(ControlError) -> Int? {
    guard let value = given(name) else { return nil }
    guard let number = value.intValue, range.contains(number) else {
      throw .wrongParameters("'\(name)' must be a whole number from \(range.lowerBound) to \(range.upperBound)")
    }
    return number
  }

  func required(_ name: String, in range: ClosedRange<Int>) throws(ControlError) -> Int {
    guard let number = try number(name, in: range) else {
      throw .wrongParameters("'\(name)' must be given, as a whole number from \(range.lowerBound) to \(range.upperBound)")
    }
    return number
  }

  func strings(_ name: String) throws(ControlError) -> [String] {
    let texts = values[name]?.arrayValue?.map(\.stringValue)
    guard let texts, !texts.isEmpty, !texts.contains(nil) else {
      throw .wrongParameters("'\(name)' must be given, as a list of strings with at least one")
    }
    return texts.compactMap { $0 }
  }

  /// The name a client gave a call: a string or a number.
  func callKey(_ name: String) throws(ControlError) -> JSONValue? {
    guard let value = given(name) else { return nil }
    guard ControlRequest.isID(value) else { throw .wrongParameters("'\(name)' must be a string or a number") }
    return value
  }

  private func given(_ name: String) -> JSONValue? {
    guard let value = values[name], !value.isNull else { return nil }
    return value
  }
}
