// SPDX-License-Identifier: Apache-2.0

public import JSON

/// The JSON Schemas that follow from a signature.
public struct SignatureSchemas: Sendable {
  private let signature: Signature
  private let libraryArgument: String?
  private let structs: [String: StructLayout]

  /// - Parameters:
  ///   - libraryArgument: The member that names the library, if there are several.
  ///   - structs: To describe their members; without them a struct is any object.
  public init(_ signature: Signature, libraryArgument: String? = nil, structs: [String: StructLayout] = [:]) {
    self.signature = signature
    self.libraryArgument = libraryArgument
    self.structs = structs
  }

  /// What a caller gives.
  public var input: JSONValue {
    var properties: [String: JSONValue] = [:]
    var required: [String] = []
    if let libraryArgument {
      properties[libraryArgument] = ["type": "string", "description": "The library, without its '.so'."]
      required.append(libraryArgument)
    }
    for argument in signature.arguments {
      if argument.isAsked {
        properties[argument.name] = described(argument)
        if argument.isRequired { required.append(argument.name) }
      }
      guard argument.direction == .out, case .member(let name, let usual)? = argument.buffer?.capacity else { continue }
      properties[name] = capacity(of: argument.name, usual)
      if usual == nil { required.append(name) }
    }
    return Self.object(properties, required)
  }

  private func capacity(of buffer: String, _ usual: Int?) -> JSONValue {
    var schema: JSONValue = [
      "type": "integer", "minimum": 1, "maximum": .integer(Int64(Limits.bytes)),
      "description": .string("How many bytes '\(buffer)' may have."),
    ]
    if let usual { schema["default"] = .integer(Int64(usual)) }
    return schema
  }

  private func described(_ argument: Argument) -> JSONValue {
    var schema = schema(argument.kind, isInput: true)
    if !argument.summary.isEmpty { schema["description"] = .string(argument.summary) }
    if let range = argument.range {
      if range.lowerBound > Int.min { schema["minimum"] = .integer(Int64(range.lowerBound)) }
      if range.upperBound < Int.max { schema["maximum"] = .integer(Int64(range.upperBound)) }
    }
    if case .otherwise(let value) = argument.preset { schema["default"] = value }
    return schema
  }

  /// What a caller gets.
  public var output: JSONValue {
    var properties: [String: JSONValue] = [:]
    if signature.returns.isShown { properties[signature.returns.name] = schema(signature.returns.kind) }
    for argument in signature.arguments where argument.comesOut {
      var own = schema(argument.kind, isInput: false)
      if !argument.summary.isEmpty { own["description"] = .string(argument.summary) }
      properties[argument.name] = own
    }
    return Self.object(properties, properties.keys.sorted())
  }

  private static func object(_ properties: [String: JSONValue], _ required: [String]) -> JSONValue {
    [
      "type": "object", "properties": .object(properties), "required": .array(required.map(JSONValue.string)),
      "additionalProperties": false,
    ]
  }

  // MARK: Types

  private func schema(_ kind: ReturnValue.Kind) -> JSONValue {
    switch kind {
    case .void: ["type": "null"]
    case .scalar(let type): Self.scalar(type, isInput: false)
    case .text: ["type": ["string", "null"]]
    case .handle(let name): ["type": ["integer", "null"], "description": .string("A handle of '\(name)'.")]
    case .structure(let name): structure(name, isInput: false, isNullable: true)
    }
  }

  private func schema(_ kind: Argument.Kind, isInput: Bool) -> JSONValue {
    switch kind {
    case .scalar(let type): Self.scalar(type, isInput: isInput)
    case .text: isInput ? ["type": "string"] : ["type": ["string", "null"]]
    case .buffer(let buffer): ["type": "string", "description": .string("Bytes, as \(buffer.encoding.rawValue).")]
    case .handle(let name, _):
      ["type": isInput ? "integer" : ["integer", "null"], "description": .string("A handle of '\(name)'.")]
    case .structure(let name): structure(name, isInput: isInput, isNullable: false)
    case .length, .null: ["type": "null"]
    }
  }

  private func structure(_ name: String, isInput: Bool, isNullable: Bool) -> JSONValue {
    var schema: JSONValue = ["type": isNullable ? ["object", "null"] : "object"]
    guard let layout = structs[name] else { return schema }
    let shown = layout.fields.filter { $0.kind != .pointer }
    schema["properties"] = .object(Dictionary(uniqueKeysWithValues: shown.map { ($0.name, Self.field($0.kind, isInput: isInput)) }))
    schema["additionalProperties"] = false
    return schema
  }

  private static func field(_ kind: StructLayout.Field.Kind, isInput: Bool) -> JSONValue {
    switch kind {
    case .scalar(let type): scalar(type, isInput: isInput)
    case .array(let type, let count): ["type": "array", "items": scalar(type, isInput: isInput), "maxItems": .integer(Int64(count))]
    case .characters: ["type": "string"]
    case .text: ["type": ["string", "null"]]
    case .pointer: ["type": "null"]
    }
  }

  /// Bounds are only given where a double holds them exactly. A `u64` above the greatest signed number comes as text, and so does a
  /// number that is not finite: JSON, or who reads it, has none such.
  private static func scalar(_ type: ScalarType, isInput: Bool) -> JSONValue {
    if type == .bool { return ["type": "boolean"] }
    if type.isFloating { return isInput ? ["type": "number"] : ["type": ["number", "string"]] }
    if type == .u64 { return isInput ? ["type": "integer", "minimum": 0] : ["type": ["integer", "string"]] }
    guard type != .i64, let limits = type.limits, let lowest = Int64(limits.lowest), let highest = Int64(limits.highest) else {
      return ["type": "integer"]
    }
    return ["type": "integer", "minimum": .integer(lowest), "maximum": .integer(highest)]
  }
}
