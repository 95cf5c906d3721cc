// SPDX-License-Identifier: Apache-2.0
import Host
import JSON
import Testing

@testable import jackfield_check

@Suite struct SchemaExampleTests {
  /// The host's own validator says whether an example is one.
  @Test(arguments: [
    #"{"type": "object", "properties": {"name": {"type": "string"}, "times": {"type": "integer", "minimum": 3}}, "required": ["name"]}"#,
    #"{"type": "string", "minLength": 20}"#,
    #"{"type": "string", "maxLength": 2}"#,
    #"{"type": "number", "exclusiveMinimum": 0, "maximum": 1}"#,
    #"{"type": "integer", "maximum": -4}"#,
    #"{"type": "integer", "exclusiveMinimum": 9}"#,
    #"{"type": "array", "items": {"type": "boolean"}, "minItems": 2}"#,
    #"{"type": "array"}"#,
    #"{"enum": ["red", "green"]}"#,
    #"{"const": {"a": 1}}"#,
    #"{"anyOf": [{"type": "null"}, {"type": "string"}]}"#,
    #"{"type": ["integer", "null"]}"#,
    #"{"type": "object", "properties": {"deep": {"type": "object", "properties": {"port": {"type": "integer", "default": 8080}}}}}"#,
    #"true"#,
  ])
  func exampleFitsItsSchema(schema: String) throws {
    let schema = try JSONValue(parsing: schema)
    let example = SchemaExample.value(for: schema)
    #expect(try JSONSchema(schema).problems(in: example).map { $0.sentence() } == [], "\(example.serialized())")
  }

  @Test func withoutASchemaItIsAnEmptyObject() {
    #expect(SchemaExample.value(for: nil) == [:])
  }

  @Test(arguments: ["{\"type\": 7}", "[]", "{\"type\": \"array\", \"minItems\": 1e18}", "{\"type\": \"string\", \"minLength\": 1e300}"])
  func oddSchemaIsSurvived(schema: String) throws {
    _ = SchemaExample.value(for: try JSONValue(parsing: schema))
  }

  @Test func schemaThatNestsTooDeeplyEnds() throws {
    var schema: JSONValue = ["type": "string"]
    for _ in 0..<60 { schema = ["type": "object", "properties": ["in": schema]] }
    #expect(SchemaExample.value(for: schema).serialized().count < 1_000)
  }
}
