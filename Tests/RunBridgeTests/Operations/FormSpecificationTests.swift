// SPDX-License-Identifier: Apache-2.0

import JSON
import Testing

@testable import RunBridge

@Suite struct FormSpecificationTests {
  private static let oneText: JSONValue = ["type": "object", "properties": ["value": ["type": "string"]], "required": ["value"]]

  private static let cases: [(JSONValue, JSONValue, Bool)] = [
    (["type": "object", "properties": ["a": [:]]], ["schema": ["type": "object", "properties": ["a": [:]]], "title": "ask"], true),
    (
      ["schema": ["properties": [:]], "title": "T", "values": ["a": 1]],
      ["schema": ["properties": [:]], "title": "T", "values": ["a": 1]], true
    ),
    ("Why?", ["schema": oneText, "title": "Why?"], false), (nil, ["schema": oneText, "title": "ask"], false),
    ([1, 2], ["schema": oneText, "title": "ask"], false), (["fields": []], ["schema": oneText, "title": "ask"], false),
    (
      ["title": "T", "prompt": "Say"],
      [
        "schema": ["type": "object", "properties": ["value": ["type": "string", "description": "Say"]], "required": ["value"]],
        "title": "T",
      ], false
    ),
    (
      [
        "fields": [
          "plain", ["name": "n", "type": "int", "label": "N", "required": true, "default": 3],
          ["id": "c", "type": "select", "options": ["x", ["value": "y", "label": "Y"]]], ["key": "p", "type": "password"], 7,
        ]
      ],
      [
        "title": "ask",
        "schema": [
          "type": "object", "required": ["n"], "propertyOrder": ["plain", "n", "c", "p"],
          "properties": [
            "plain": ["type": "string"], "n": ["type": "integer", "title": "N", "default": 3],
            "c": ["type": "string", "enum": ["x", "y"]],
            "p": ["type": "string", "format": "password"],
          ],
        ],
      ], true
    ),
    (
      ["fields": ["b": ["type": "checkbox"], "a": ["type": "float", "help": "h"]]],
      [
        "title": "ask",
        "schema": [
          "type": "object", "required": [], "propertyOrder": ["a", "b"],
          "properties": ["b": ["type": "boolean"], "a": ["type": "number", "description": "h"]],
        ],
      ], true
    ),
  ]

  @Test(arguments: cases.indices) func whateverScriptsSayBecomesAForm(index: Int) {
    let (given, body, isTheirs) = Self.cases[index]
    let form = FormSpecification(given, name: "ask")
    #expect(form.body == body)
    #expect(form.isTheirs == isTheirs)
  }
}
