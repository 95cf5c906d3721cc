// SPDX-License-Identifier: Apache-2.0
import JSON

/// Lines of a host whose commands are those of kernels.
enum FakeKernels {
  static func chunk(_ chunk: JSONValue) -> String { FakeHost.notification("call/chunk", ["call": "cli", "chunk": chunk]) }

  static func event(_ type: String, _ content: JSONValue, run: String = "r1") -> String {
    chunk(["run": .string(run), "seq": 0, "time": 1, "type": .string(type), "content": content])
  }

  static func stream(_ text: String, _ name: String = "stdout") -> String {
    event("stream", ["name": .string(name), "text": .string(text)])
  }

  static func answer(_ request: JSONValue, _ result: JSONValue) -> String { FakeHost.result(request, ["call": "cli", "result": result]) }

  static func ended(_ request: JSONValue, _ status: String = "ok") -> [String] {
    [
      event("ended", ["status": .string(status)]),
      answer(request, ["kernel": "k1", "runs": [["run": "r1", "status": .string(status), "execution_count": 8]]]),
    ]
  }

  /// The command that a request calls.
  static func command(_ request: JSONValue) -> String { request["params"]?["name"]?.stringValue ?? "" }

  static func input(_ request: JSONValue) -> JSONValue { request["params"]?["input"] ?? .null }
}

extension FakeHost {
  /// What was called, with its input, in order.
  var calls: [(command: String, input: JSONValue)] {
    requests.filter { $0["method"] == "command/call" }.map { (FakeKernels.command($0), FakeKernels.input($0)) }
  }

  func inputs(of command: String) -> [JSONValue] { calls.filter { $0.command == command }.map(\.input) }
}
