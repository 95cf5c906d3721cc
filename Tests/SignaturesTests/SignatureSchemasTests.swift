// SPDX-License-Identifier: Apache-2.0
import JSON
import Testing

@testable import Signatures

@Suite struct SignatureSchemasTests {
  @Test func schemasFollowFromTheSignature() throws {
    let text = """
      {"library": "libx.so", "structs": {"s": {"fields": [{"name": "n", "type": "u8", "count": 2}, {"name": "p", "type": "pointer"}]}},
       "handles": {"h": {}},
       "commands": [{"name": "x.f", "signature": {"symbol": "f", "returns": {"type": "u64", "name": "sum"}, "args": [
        {"name": "n", "type": "u16", "summary": "How many."}, {"name": "level", "type": "i32", "default": 6, "minimum": 1, "maximum": 9},
        {"name": "always", "type": "i32", "value": 1}, {"name": "text", "type": "cstring", "optional": true}, {"name": "x", "type": "f64"},
        {"name": "to", "type": "bytes", "direction": "out", "encoding": "hex", "capacity": {"member": "room"}},
        {"type": "length", "of": "to", "as": "u32"}, {"name": "s", "type": "struct:s", "direction": "inout"},
        {"name": "h", "type": "handle:h"}, {"type": "null"}
       ]}}]}
      """
    let interface = try LibraryInterface(JSONValue(parsing: text))
    let schemas = SignatureSchemas(interface.commands[0].signature, libraryArgument: "effect", structs: interface.structs)
    let struct_: JSONValue = [
      "type": "object", "additionalProperties": false,
      "properties": ["n": ["type": "array", "items": ["type": "integer", "minimum": 0, "maximum": 255], "maxItems": 2]],
    ]
    #expect(
      schemas.input == [
        "type": "object", "additionalProperties": false, "required": ["effect", "n", "x", "room", "s", "h"],
        "properties": [
          "effect": ["type": "string", "description": "The library, without its '.so'."],
          "n": ["type": "integer", "minimum": 0, "maximum": 65_535, "description": "How many."],
          "level": ["type": "integer", "minimum": 1, "maximum": 9, "default": 6], "text": ["type": "string"], "x": ["type": "number"],
          "room": ["type": "integer", "minimum": 1, "maximum": 16_777_216, "description": "How many bytes 'to' may have."],
          "s": struct_, "h": ["type": "integer", "description": "A handle of 'h'."],
        ],
      ])
    #expect(
      schemas.output == [
        "type": "object", "additionalProperties": false, "required": ["s", "sum", "to"],
        "properties": [
          "sum": ["type": ["integer", "string"]], "to": ["type": "string", "description": "Bytes, as hex."], "s": struct_,
        ],
      ])
  }

  @Test func sizesHaveALimit() {
    func size(_ values: [Int], times: Int = 1, plus: Int = 0) -> Int? { SizeRule(factors: [], times: times, plus: plus).size(values) }
    #expect(size([3, 4], times: 4) == 48 && size([], times: 0, plus: 7) == 7 && size([0], times: 9, plus: 2) == 2)
    #expect(size([1 << 24]) == 1 << 24 && size([1 << 24], plus: 1) == nil && size([-1], plus: 5) == nil)
    #expect(size([1 << 20, 1 << 20], times: 4) == nil && size([.max, .max]) == nil && size([.max], plus: 1) == nil)
  }
}
