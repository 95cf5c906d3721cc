// SPDX-License-Identifier: Apache-2.0
// Reads and writes JSON and says in a sentence what did not fit.

import FoundationEssentials

/// The SDK's one way of turning values into JSON and back.
enum JSONCoding {
  /// Reads JSON.
  ///
  /// - Parameter subject: What is read, for the sentence: "the input of 'hello.greet'". No bytes at all are read as `{}`.
  static func decode<T: Decodable>(_ type: T.Type, from payload: Payload, as subject: String) throws(PluginFailure) -> T {
    guard payload.content == .json else {
      throw invalid(subject, "it is \(payload.content.name), not JSON; send JSON")
    }
    do {
      return try JSONDecoder().decode(type, from: Data(payload.bytes.isEmpty ? [0x7b, 0x7d] : payload.bytes))
    } catch let error as DecodingError {
      throw invalid(subject, explain(error))
    } catch {
      throw invalid(subject, "\(error)")
    }
  }

  /// Writes JSON, keys sorted.
  static func encode(_ value: some Encodable, as subject: String) throws(PluginFailure) -> [UInt8] {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    do {
      return Array(try encoder.encode(value))
    } catch EncodingError.invalidValue(let found, let context) {
      throw PluginFailure("cannot write \(subject): \(explain(found, at: context))")
    } catch {
      throw PluginFailure("cannot write \(subject): \(error)")
    }
  }

  private static func invalid(_ subject: String, _ reason: String) -> PluginFailure {
    PluginFailure("cannot read \(subject): \(reason)", status: .invalid)
  }

  private static func explain(_ value: Any, at context: EncodingError.Context) -> String {
    guard let number = value as? any FloatingPoint, isNotFinite(number) else {
      return "\(quoted(context.codingPath)) \(context.debugDescription)"
    }
    return "\(quoted(context.codingPath)) is \(number), and JSON has no such number; send null or a string for it"
  }

  private static func isNotFinite(_ number: some FloatingPoint) -> Bool { !number.isFinite }

  private static func explain(_ error: DecodingError) -> String {
    switch error {
    case .keyNotFound(let key, let context):
      "\(quoted(context.codingPath + [key])) is missing; add it"
    case .valueNotFound(let type, let context):
      "\(quoted(context.codingPath)) is null; it must be \(name(of: type))"
    case .typeMismatch(let type, let context):
      "\(quoted(context.codingPath)) must be \(name(of: type))"
    case .dataCorrupted(let context) where context.codingPath.isEmpty:
      "it is not valid JSON; send one JSON value in UTF-8"
    case .dataCorrupted(let context):
      "\(quoted(context.codingPath)) does not fit: \(context.debugDescription)"
    @unknown default: "\(error)"
    }
  }

  /// The path as one would write it in code: `'steps[2].loss'`, or `the value` for the whole.
  private static func quoted(_ path: [any CodingKey]) -> String {
    var text = ""
    for key in path {
      if let index = key.intValue {
        text += "[\(index)]"
      } else {
        text += (text.isEmpty ? "" : ".") + key.stringValue
      }
    }
    return text.isEmpty ? "the value" : "'\(text)'"
  }

  private static func name(of type: any Any.Type) -> String {
    switch type {
    case is String.Type: "a string"
    case is Bool.Type: "true or false"
    case is any FixedWidthInteger.Type: "an integer"
    case is any BinaryFloatingPoint.Type: "a number"
    case is any DictionaryLike.Type: "an object"
    case is any Collection.Type: "an array"
    default: "readable as \(type)"
    }
  }
}

/// Tells dictionaries from the other collections in a type test.
private protocol DictionaryLike {}
extension Dictionary: DictionaryLike {}
