// SPDX-License-Identifier: Apache-2.0
import JSON
import PluginBridge

/// What the host's own configuration may say.
enum ConfigurationSchema {
  /// Defaults stand in the schema once; `Configuration` is read from the filled-in value.
  static let schema: JSONSchema = {
    do throws(JSONSchemaError) {
      return try JSONSchema(text)
    } catch {
      preconditionFailure("the host's own configuration schema is wrong: \(error)")
    }
  }()

  private static func object(_ properties: JSONValue) -> JSONValue {
    ["type": "object", "additionalProperties": false, "properties": properties]
  }

  private static func whole(from minimum: Int64, to maximum: Int64, default value: Int64) -> JSONValue {
    ["type": "integer", "minimum": .integer(minimum), "maximum": .integer(maximum), "default": .integer(value)]
  }

  private static let text = object([
    "plugins": [
      "type": "object",
      "additionalProperties": object([
        "enabled": ["type": "boolean", "default": true],
        "mode": ["enum": .array(Configuration.Mode.allCases.map { .string($0.rawValue) })],
        "config": ["type": "object"],
        "environment": ["type": "object"],
        "record": ["type": "boolean", "default": false],
      ]),
    ],
    "pluginPath": ["type": "array", "items": ["type": "string", "minLength": 1]],
    "log": object([
      "level": ["enum": .array(LogLevel.allCases.map { .string($0.name) }), "default": "info"],
      "file": ["type": "boolean", "default": true],
      "maxBytes": whole(from: 4096, to: 1 << 40, default: 10 << 20),
      "keep": whole(from: 0, to: 1000, default: 5),
    ]),
    "control": object([
      "maxConnections": whole(from: 1, to: 65_536, default: 256),
      "maxLineBytes": whole(from: 1024, to: 1 << 30, default: 16 << 20),
    ]),
    "limits": object([
      "startTimeoutMs": whole(from: 1, to: 3_600_000, default: 10_000),
      "stopTimeoutMs": whole(from: 1, to: 3_600_000, default: 5_000),
      "drainTimeoutMs": whole(from: 0, to: 3_600_000, default: 10_000),
      "cancelGraceMs": whole(from: 1, to: 3_600_000, default: 2_000),
      "stuckTimeoutMs": whole(from: 1, to: 3_600_000, default: 30_000),
      "maxCallsInFlight": whole(from: 1, to: 1_000_000, default: 10_000),
    ]),
    "trust": object([
      "pin": ["type": "boolean", "default": true]
    ]),
  ])
}
