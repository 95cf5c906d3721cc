// SPDX-License-Identifier: Apache-2.0
import Host
import JSON
import Testing

@Suite struct JSONSchemaTests {
  @Test(
    arguments: [
      (["type": "string"], "x", nil), (["type": "string"], 1, "'v' is a number; write text"),
      (["type": ["integer", "null"]], nil, nil), (["type": ["integer", "null"]], "x", "'v' is text; write a whole number or null"),
      (["type": "integer"], 2.0, nil), (["type": "integer"], 2.5, "'v' is a number; write a whole number"),
      (["type": "number"], 2, nil), (["type": "number"], true, "'v' is true; write a number"),
      (["enum": ["a", "b", 1]], 1.0, nil), (["enum": ["a", "b"]], "c", "'v' is \"c\"; write \"a\" or \"b\""),
      (["const": 1], 2, "'v' is 2; write 1"),
      (["minimum": 1, "maximum": 3], 3, nil), (["minimum": 1], 0, "'v' is 0; write at least 1"),
      (["maximum": 3], 3.5, "'v' is 3.5; write at most 3"),
      (["exclusiveMinimum": 0], 0, "'v' is 0; write more than 0"), (["exclusiveMaximum": 1], 1, "'v' is 1; write less than 1"),
      (["minLength": 1], "", "'v' is empty; write at least 1"), (["maxLength": 1], "ää", "'v' has 2 characters; write at most 1"),
      (["maxLength": 1], "ä", nil), (["minItems": 2], [1], "'v' has 1 element; write at least 2"),
      (["maxItems": 0], [1], "'v' has 1 element; write at most 0"),
      (["items": ["type": "integer"]], [1, "x"], "'v[1]' is text; write a whole number"),
      (["required": ["a"]], [:], "'v' lacks the key 'a'; add it"), (["required": ["a"]], "no object", nil),
      (["properties": ["name": [:]], "additionalProperties": false], ["nmae": 1], "unknown key 'v.nmae'; did you mean 'name'?"),
      (["properties": ["name": [:]], "additionalProperties": false], ["x": 1], "unknown key 'v.x'; known here: 'name'"),
      (["additionalProperties": ["type": "null"]], ["a b": 1], "'v[\"a b\"]' is a number; write null"),
      (["anyOf": [["type": "string"], ["type": "array", "minItems": 1]]], [], "'v' is empty; write at least 1"),
      (["anyOf": [["type": "string"], ["type": "array"]]], 1, "'v' fits none of the 2 forms allowed; write text or a list"),
      (["anyOf": [["minimum": 5], ["maximum": 1]]], 3, "'v' fits none of the 2 forms allowed; make it fit one"),
      (["oneOf": [["minimum": 1], ["maximum": 5]]], 3, "'v' fits 2 of the forms that exclude each other; make it fit one"),
      (["oneOf": [["minimum": 1], ["maximum": 5]]], 0, nil), (true, 1, nil), (["pattern": "^a$"], "b", nil),
      (["type": "string"], ["$env": "X"], "'v' is an object; write text"),
    ] as [(JSONValue, JSONValue, String?)])
  func values(schema: JSONValue, value: JSONValue, sentence: String?) throws {
    let problems = try JSONSchema(schema).problems(in: value, at: JSONPath(keys: "v"))
    #expect(problems.map { $0.sentence() } == (sentence.map { [$0] } ?? []))
  }

  @Test func secretsByReferenceStandForTextOnly() throws {
    let schema = try JSONSchema(["properties": ["a": ["type": "string", "maxLength": 1], "b": ["type": "integer"]]])
    let value: JSONValue = ["a": ["$env": "LONG"], "b": ["$env": "N"]]
    #expect(schema.problems(in: value, secretsByReference: true).map { $0.sentence() } == ["'b' is an object; write a whole number"])
  }

  @Test(
    arguments: [
      (["type": "text"], "the schema's 'type' must be one or more of 'null', 'boolean', 'integer', 'number', 'string', 'array', 'object'"),
      ([1], "the schema must be an object, or true"), (["properties": ["a": 1]], "the schema's 'properties.a' must be an object, or true"),
      (["properties": []], "the schema's 'properties' must be an object"),
      (["enum": []], "the schema's 'enum' must be a list that is not empty"),
      (["minimum": "1"], "the schema's 'minimum' must be a number"),
      (["minLength": -1], "the schema's 'minLength' must be a whole number from 0"),
      (["minItems": 3, "maxItems": 2], "the schema's 'minItems' must be not above its maximum"),
      (["minimum": 3, "maximum": 2], "the schema must be a minimum not above its maximum"),
      (["required": [1]], "the schema's 'required' must be a list of names"),
      (["required": ["a"], "additionalProperties": false], "the schema's 'required' must be names of properties; 'a' is none"),
      (["items": ["$ref": "#"]], "the schema's 'items.$ref' must be the schema itself; references are not followed"),
    ] as [(JSONValue, String)])
  func schemasThatAreNone(schema: JSONValue, sentence: String) {
    #expect { try JSONSchema(schema) } throws: { "\($0)" == sentence }
  }

  @Test func keywordsWithoutEffectAreListed() throws {
    let schema = try JSONSchema(["pattern": "x", "properties": ["a": ["format": "uri", "title": "A"]], "description": "d"])
    #expect(schema.ignored.sorted() == ["pattern", "properties.a.format"] && schema.about == "d")
  }

  @Test func defaultsAreFilledIn() throws {
    let schema = try JSONSchema([
      "properties": [
        "a": ["default": 1], "b": ["type": "object", "properties": ["c": ["default": [:]]]], "d": ["type": "object", "required": ["e"]],
        "f": ["type": "array", "items": ["properties": ["g": ["default": true]]]],
      ]
    ])
    #expect(schema.filledIn([:]) == ["a": 1, "b": ["c": [:]]])
    #expect(schema.filledIn(["a": nil, "f": [[:], 1], "h": 2]) == ["a": nil, "b": ["c": [:]], "f": [["g": true], 1], "h": 2])
    #expect(schema.filledIn("text") == "text")
  }
}
