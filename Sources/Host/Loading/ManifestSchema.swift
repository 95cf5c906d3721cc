// SPDX-License-Identifier: Apache-2.0
import JSON

/// The form of plugin.json. What a form cannot say, such as names that must lie in own namespaces, is checked by ManifestReader.
enum ManifestSchema {
  static let schema: JSONSchema = {
    do throws(JSONSchemaError) {
      return try JSONSchema(text)
    } catch {
      preconditionFailure("the host's own manifest schema is wrong: \(error)")
    }
  }()

  private static let word: JSONValue = ["type": "string", "minLength": 1, "maxLength": 200]
  private static let words: JSONValue = ["type": "array", "items": word]
  private static let flag: JSONValue = ["type": "boolean"]
  private static let sentence: JSONValue = ["type": "string", "maxLength": 1000]

  private static func object(_ properties: JSONValue, required: JSONValue = []) -> JSONValue {
    ["type": "object", "additionalProperties": false, "properties": properties, "required": required]
  }

  private static let command = object(
    [
      "name": word, "summary": sentence, "input": ["type": ["object", "boolean"]], "output": ["type": ["object", "boolean"]],
      "stream": flag, "idempotent": flag, "inline": flag, "deadlineMs": ["type": "integer", "minimum": 1, "maximum": 86_400_000],
    ], required: ["name"])

  private static let subscription = object(
    [
      "topic": word, "queue": ["type": "integer", "minimum": 1, "maximum": 1_000_000],
      "overflow": ["enum": .array(Overflow.allCases.map { .string($0.rawValue) })], "key": word,
    ], required: ["topic"])

  private static let text = object(
    [
      "schema": ["const": 1], "id": word, "name": word, "version": word, "license": word, "summary": sentence,
      "abi": object(
        [
          "major": ["type": "integer", "minimum": 1, "maximum": 65_535], "minor": ["type": "integer", "minimum": 0, "maximum": 65_535],
          "needs": words, "uses": words,
        ], required: ["major"]),
      "library": word, "activation": words, "concurrent": flag, "namespaces": words,
      "commands": ["type": "array", "items": command], "subscribes": ["type": "array", "items": subscription], "publishes": words,
      "config": object(["schema": ["type": "object"]], required: ["schema"]), "permissions": ["type": "object"],
      "requires": ["type": "object", "additionalProperties": word], "after": words,
    ], required: ["schema", "id", "version", "abi"])
}
