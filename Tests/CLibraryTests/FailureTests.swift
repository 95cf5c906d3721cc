// SPDX-License-Identifier: Apache-2.0
import JSON
import PluginSDK
import PluginTestKit
import Testing

@Suite struct FailureTests {
  private static func harness() async throws -> CLibraryHarness {
    func command(_ symbol: String, _ returns: String, _ errors: JSONValue, _ type: String = "i32") -> JSONValue {
      ["symbol": .string(symbol), "returns": .string(returns), "errors": errors, "args": [["name": "n", "type": .string(type)]]]
    }
    return try await CLibraryHarness(
      [
        "none": command("fx_nonzero", "i32", "none"), "nonzero": command("fx_nonzero", "i32", "nonzero"),
        "negative": command("fx_negative", "i32", ["when": "negative", "texts": ["-3": "the data are damaged"]]),
        "zero": command("fx_zero", "handle:thing", "zero-or-null"), "errno": command("fx_errno", "i32", "errno"),
        "minus": command("fx_errno", "i32", ["when": "negative", "number": "errno"]), "false": command("fx_false", "bool", "zero", "bool"),
      ], extra: ["handles": ["thing": [:]], "errorTexts": ["7": "seven of all", "-3": "not this one"]])
  }

  @Test(arguments: [
    ("none", "5", #"{"result":5}"#), ("nonzero", "0", "{}"), ("negative", "3", #"{"result":3}"#), ("errno", "0", #"{"result":-1}"#),
    ("false", "true", #"{"result":true}"#),
  ])
  func whatIsNoSignOfFailureIsNone(command: String, input: String, answer: String) async throws {
    let library = try await Self.harness()
    #expect(try await library.text("fx.\(command)", #"{"n":\#(input)}"#) == answer)
    await library.close()
  }

  @Test(arguments: [
    ("nonzero", "-4", "'fx.nonzero' failed: 'fx_nonzero' returned -4", #"{"number":-4,"symbol":"fx_nonzero"}"#),
    (
      "nonzero", "7", "'fx.nonzero' failed: 'fx_nonzero' returned 7 (seven of all)",
      #"{"number":7,"symbol":"fx_nonzero","text":"seven of all"}"#
    ),
    (
      "negative", "-3", "'fx.negative' failed: 'fx_negative' returned -3 (the data are damaged)",
      #"{"number":-3,"symbol":"fx_negative","text":"the data are damaged"}"#
    ),
    ("zero", "0", "'fx.zero' failed: 'fx_zero' returned NULL", #"{"number":0,"symbol":"fx_zero"}"#),
    (
      "errno", "2", "'fx.errno' failed: 'fx_errno' set errno to 2 (ENOENT: No such file or directory)",
      #"{"name":"ENOENT","number":2,"symbol":"fx_errno","text":"No such file or directory"}"#
    ),
    (
      "minus", "13", "'fx.minus' failed: 'fx_errno' returned -1 (EACCES: Permission denied)",
      #"{"name":"EACCES","number":13,"symbol":"fx_errno","text":"Permission denied"}"#
    ),
    (
      "false", "false", "'fx.false' failed: 'fx_false' returned false (ENOSPC: No space left on device)",
      #"{"name":"ENOSPC","number":28,"symbol":"fx_false","text":"No space left on device"}"#
    ),
  ])
  func failuresSayTheirNumberAndItsMeaning(command: String, input: String, message: String, data: String) async throws {
    let library = try await Self.harness()
    let answer = try await library.host.call("fx.\(command)", #"{"n":\#(input)}"#)
    #expect(answer.status == .failed && answer.failure?.message == message && answer.failure?.code == "c_error")
    #expect(answer.failure?.data.map { String(decoding: $0.bytes, as: UTF8.self) } == data)
    await library.close()
  }
}
