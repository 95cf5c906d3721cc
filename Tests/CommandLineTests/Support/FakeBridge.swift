// SPDX-License-Identifier: Apache-2.0
import JSON
import Synchronization

/// A host that asks whoever attaches, in the order of a script.
final class FakeBridge: Sendable {
  /// One thing to send to the front.
  struct Step: Sendable {
    /// Sent when so many answers have come.
    var after = 0
    /// Nil: the host goes away, and lets the next one attach.
    var chunk: JSONValue?
  }

  let host: FakeHost
  private let progress: Progress

  /// How far the script has come, over all connections.
  private final class Progress: Sendable {
    private let answered = Gate()
    private let state = Mutex((step: 0, answers: 0))
    let steps: [Step]

    init(_ steps: [Step]) { self.steps = steps }

    func answer() {
      state.withLock { $0.answers += 1 }
      answered.open()
    }

    /// The next step, when it is due.
    func next() -> Step? {
      let step = state.withLock { state -> Step? in
        guard state.step < steps.count else { return nil }
        state.step += 1
        return steps[state.step - 1]
      }
      guard let step else { return nil }
      while state.withLock({ $0.answers }) < step.after { answered.wait() }
      return step
    }
  }

  /// - Parameters:
  ///   - refuse: Says of an answer why it is not taken; it counts all the same.
  ///   - pending: What `bridge.pending` lists; nil: there is no such command.
  init(_ steps: [Step], pending: JSONValue? = nil, refuse: @escaping @Sendable (JSONValue) -> String? = { _ in nil }) throws {
    let progress = Progress(steps)
    self.progress = progress
    host = try FakeHost(then: { request in
      guard FakeKernels.command(request) == "bridge.attach", let step = progress.next() else { return [] }
      return [step.chunk.map(FakeKernels.chunk)]
    }) { request in
      switch FakeKernels.command(request) {
      case "bridge.attach": return [FakeKernels.chunk(["front": "f-1", "name": FakeKernels.input(request)["name"] ?? .null])]
      case "bridge.answer":
        progress.answer()
        guard let reason = refuse(FakeKernels.input(request)) else { return [FakeKernels.answer(request, [:])] }
        return [Self.failure(request, reason, "invalid")]
      case "bridge.pending":
        guard let pending else { return [Self.failure(request, "there is no command 'bridge.pending'", "not_found")] }
        return [FakeKernels.answer(request, pending)]
      case "bridge.submit", "bridge.cancel": return [FakeKernels.answer(request, [:])]
      default: return []
      }
    }
  }

  private static func failure(_ request: JSONValue, _ message: String, _ status: String) -> String {
    JSONValue.object([
      "jsonrpc": "2.0", "id": request["id"] ?? .null,
      "error": ["code": -32003, "message": .string(message), "data": ["status": .string(status)]],
    ]).serialized() + "\n"
  }

  var answers: [JSONValue] { host.inputs(of: "bridge.answer") }

  static func question(_ number: Int64, _ kind: String, _ body: JSONValue, run: String = "train.py") -> JSONValue {
    ["question": .integer(number), "kind": .string(kind), "run": ["id": "r1", "name": .string(run)], "body": body]
  }

  static func message(_ text: String, _ level: String = "info") -> JSONValue {
    ["notice": "message", "run": ["id": "r1", "name": "train.py"], "body": ["message": .string(text), "level": .string(level)]]
  }
}
