// SPDX-License-Identifier: Apache-2.0

import JSON
import Testing

@testable import RunBridge

@Suite struct FormSchemaTests {
  private static let schema: JSONValue = [
    "type": "object", "required": ["name"], "additionalProperties": false,
    "properties": [
      "name": ["type": "string", "minLength": 2, "maxLength": 4], "n": ["type": "integer", "minimum": 1, "maximum": 10],
      "x": ["type": ["number", "null"], "exclusiveMinimum": 0, "exclusiveMaximum": 1], "on": ["type": "boolean", "default": true],
      "kind": ["enum": ["a", 1, .null]], "tags": ["type": "array", "items": ["type": "string"], "minItems": 1, "maxItems": 2],
      "in": ["type": "object", "properties": ["deep": ["type": "integer", "default": 3]]], "fixed": ["const": 7],
    ],
  ]

  @Test(
    arguments: [
      (["name": "Ada"], nil), (["name": "Ada", "n": 1, "x": 0.5, "kind": 1.0, "tags": ["a"], "in": ["deep": 1], "fixed": 7.0], nil),
      (["name": "Ada", "x": .null, "kind": .null, "n": 3.0], nil), ([], "the value must be an object"), ([:], "'name' is missing"),
      (["name": "A"], "'name' must have at least 2 characters"), (["name": "🐍🐍🐍🐍🐍"], "'name' must have at most 4 characters"),
      (["name": 1], "'name' must be a text"), (["name": "Ada", "n": 0], "'n' must be at least 1"),
      (["name": "Ada", "n": 11], "'n' must be at most 10"), (["name": "Ada", "n": 1.5], "'n' must be a whole number"),
      (["name": "Ada", "x": 0], "'x' must be above 0"), (["name": "Ada", "x": 1], "'x' must be below 1"),
      (["name": "Ada", "x": "1"], "'x' must be null or a number"), (["name": "Ada", "on": 1], "'on' must be true or false"),
      (["name": "Ada", "kind": "b"], #"'kind' must be one of "a", 1, null"#), (["name": "Ada", "fixed": 8], "'fixed' must be one of 7"),
      (["name": "Ada", "tags": []], "'tags' must have at least 1 elements"),
      (["name": "Ada", "tags": ["a", "b", "c"]], "'tags' must have at most 2 elements"),
      (["name": "Ada", "tags": ["a", 1]], "'tags[1]' must be a text"),
      (["name": "Ada", "in": ["deep": "x"]], "'in.deep' must be a whole number"),
      (["name": "Ada", "other": 1], "'other' is not asked for"),
    ] as [(JSONValue, String?)])
  func valuesAreChecked(value: JSONValue, complaint: String?) throws {
    #expect(try FormSchema(Self.schema).complaint(value) == complaint)
  }

  @Test func defaultsFillWhatIsMissing() throws {
    let schema = try FormSchema(Self.schema)
    #expect(schema.completed(["name": "Ada"]) == ["name": "Ada", "on": true, "in": ["deep": 3]])
    #expect(schema.completed(["on": false, "in": ["deep": 1]]) == ["on": false, "in": ["deep": 1]])
  }

  @Test(
    arguments: [
      (["type": "thing"], "the schema has the type 'thing'; there are array, boolean, integer, null, number, object, string"),
      (["properties": ["a": 1]], "'a' of the schema must be an object"),
      (["minLength": 3, "maxLength": 2], "the schema wants at least 3 and at most 2, which nothing fits"),
    ] as [(JSONValue, String)])
  func schemaIsChecked(schema: JSONValue, reason: String) {
    #expect(throws: RequestFailure(reason)) { try FormSchema(schema) }
  }

  @Test func deepSchemaIsRefused() {
    var schema: JSONValue = ["type": "string"]
    for _ in 0..<100 { schema = ["type": "object", "properties": ["a": schema]] }
    #expect(throws: RequestFailure("cannot show a form that is nested deeper than 16 levels")) { try FormSchema(schema) }
    var list: JSONValue = ["type": "string"]
    for _ in 0..<100 { list = ["type": "array", "items": list] }
    #expect(throws: RequestFailure("cannot show a form that is nested deeper than 16 levels")) { try FormSchema(list) }
  }

  @Test func wideSchemaIsRefused() {
    let properties = Dictionary(uniqueKeysWithValues: (0..<600).map { ("p\($0)", ["type": "string"] as JSONValue) })
    #expect(throws: RequestFailure("cannot show a form of more than 500 fields")) {
      try FormSchema(["type": "object", "properties": .object(properties)])
    }
  }
}
