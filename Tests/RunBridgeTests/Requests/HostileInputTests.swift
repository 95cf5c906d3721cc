// SPDX-License-Identifier: Apache-2.0

import JSON
import PluginTestKit
import Testing

@testable import RunBridge

/// What a hostile script or front may send is refused in a sentence, or answered; nothing of it stops the process.
@Suite struct HostileInputTests {
  /// Random values that often look like what is expected. The same ones in every run.
  private struct Source: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return state ^ (state >> 29)
    }

    private static let names = [
      "message", "options", "many", "default", "label", "value", "description", "prompt", "password", "schema", "values", "title", "type",
      "properties", "required", "enum", "const", "minimum", "exclusiveMaximum", "minLength", "maxLength", "items", "minItems",
      "additionalProperties", "front", "question", "result", "error", "part", "name", "workspace", "capabilities", "commands", "chosen",
      "left", "right", "path", "line", "fraction", "id", "args", "command", "limit", "since", "before", "consent",
    ]
    private static let texts = [
      "", "object", "array", "string", "integer", "number", "/", "/w//a/../b", "choose", "\u{0}", "\u{1B}[2J", "ä🐍", "null", "a\nb",
      String(repeating: "x", count: 5_000),
    ]

    mutating func value(_ depth: Int = 0) -> JSONValue {
      switch Int.random(in: 0..<(depth > 4 ? 6 : 10), using: &self) {
      case 0: return .null
      case 1: return .bool(Bool.random(using: &self))
      case 2: return .integer([0, 1, -1, .max, .min, 7].randomElement(using: &self) ?? 0)
      case 3: return .number([0.5, -1e308, 1e308, 1e-300, 3].randomElement(using: &self) ?? 0)
      case 4, 5: return .string(Self.texts.randomElement(using: &self) ?? "")
      case 6: return .array((0..<Int.random(in: 0..<4, using: &self)).map { _ in value(depth + 1) })
      default: return object(depth)
      }
    }

    mutating func object(_ depth: Int = 0) -> JSONValue {
      var members: [String: JSONValue] = [:]
      for _ in 0..<Int.random(in: 0..<7, using: &self) { members[Self.names.randomElement(using: &self) ?? ""] = value(depth + 1) }
      return .object(members)
    }
  }

  @Test(arguments: 0..<8) func randomInputsAreRefusedOrTaken(seed: UInt64) {
    var source = Source(state: seed)
    var (taken, refused) = (0, 0)
    func count(_ body: () throws -> Void) {
      do {
        try body()
        taken += 1
      } catch {
        #expect(!"\(error)".isEmpty)
        refused += 1
      }
    }
    for _ in 0..<1_000 {
      let (input, other) = (source.object(), source.value())
      count { _ = try Front.Introduction(input) }
      count { _ = try FrontAnswer(input) }
      count { _ = try ChoiceOrder(input) }
      count { _ = try InputOrder(input) }
      count { _ = try FormOrder(input) }
      count { _ = try AuditFilter(input) }
      count {
        let schema = try FormSchema(input)
        _ = schema.complaint(schema.completed(other))
      }
      for kind in FrontCapability.allCases { count { try FrontResult.check(other, of: FrontQuestion(kind: kind, body: input)) } }
    }
    #expect(taken > 1_000 && refused > 1_000)
  }

  @Test(arguments: 0..<4) func randomRequestsAreAnswered(seed: UInt64) async throws {
    let host = try await TestHost.fronts()
    var source = Source(state: seed &+ 100)
    for number in 0..<200 {
      let type = RequestKind.allCases[number % RequestKind.allCases.count].rawValue
      let params = source.object()
      let outcome = try await host.ask(type, params)
      #expect(outcome.objectValue != nil || outcome.stringValue?.isEmpty == false, "\(type) \(params.serialized())")
    }
    await host.close()
  }
}
