// SPDX-License-Identifier: Apache-2.0
import JSON
import PluginSDK
import PluginTestKit
import Testing

@testable import jackfield_check

@Suite struct InputsTests {
  private func inputs(seed: Int64) throws -> Inputs {
    let schema: JSONValue = [
      "type": "object",
      "properties": ["name": ["type": "string"], "steps": ["type": "array", "items": ["type": "integer"], "minItems": 2]],
    ]
    return Inputs(
      try Job([
        "library": "/nowhere/libX.so", "seed": .integer(seed),
        "manifest": ["id": "x", "version": "1.0.0", "commands": [["name": "x.go", "input": schema]]],
      ]))
  }

  @Test func sameSeedGivesTheSameJunk() throws {
    #expect(try inputs(seed: 7).junk("x.go") == inputs(seed: 7).junk("x.go"))
    #expect(try inputs(seed: 7).junk("x.go") != inputs(seed: 8).junk("x.go"))
  }

  @Test func junkIsOfManyKinds() throws {
    let junk = try inputs(seed: 7).junk("x.go")
    let texts = junk.filter { $0.content == .json }.map(\.bytes)
    #expect(texts.allSatisfy { String(validating: $0, as: UTF8.self) != nil })
    #expect(junk.contains { $0.content == .bytes && String(validating: $0.bytes, as: UTF8.self) == nil })
    #expect(texts.contains { (try? JSONValue(parsing: $0)) == nil })
    #expect(texts.contains { (try? JSONValue(parsing: $0))?["name"] == nil && (try? JSONValue(parsing: $0))?["steps"] != nil })
    #expect(texts.contains { $0.count > 1 << 20 })
    #expect(junk.contains { $0.content != .json })
  }

  @Test func exampleFollowsTheSchema() throws {
    let example = try inputs(seed: 7).example("x.go")
    #expect(String(decoding: example.bytes, as: UTF8.self) == #"{"name":"example","steps":[1,1]}"#)
  }

  @Test func damageOfNothingIsSurvived() {
    var mutation = Mutation(random: RandomSource(seed: 3, purpose: ""))
    for value: JSONValue in [.null, [:], [], "", 0] {
      for _ in 0..<200 { #expect(mutation.bytes(of: value).count < 300_000) }
    }
  }
}
