// SPDX-License-Identifier: Apache-2.0

import JSON

@testable import PluginTestKit
@testable import RunBridge

/// Fronts whose answers a test gives. What is asked waits until it is answered, withdrawn, or the fronts have gone.
final class TalkFronts: FrontAsking {
  struct Asked: Sendable {
    let number: Int
    let question: FrontQuestion
    let caller: Caller
    let part: @Sendable (JSONValue) -> Void
  }

  private struct State: Sendable {
    var last = 0
    var offered: Set<FrontCapability>
    var open: [Asked] = []
    var answers: [Int: Result<JSONValue?, RequestFailure>] = [:]
    var withdrawn: [Int] = []
  }

  private let state: Observed<State>

  init(_ offered: Set<FrontCapability> = []) { state = Observed(State(offered: offered)) }

  func offer(_ capabilities: Set<FrontCapability>) { state.change { $0.offered = capabilities } }

  func ask(
    _ question: FrontQuestion, for caller: Caller, until deadline: ContinuousClock.Instant?, part: @escaping @Sendable (JSONValue) -> Void
  ) async throws -> JSONValue? {
    let number: Int? = state.change { state in
      guard state.offered.contains(question.kind) else { return nil }
      state.last += 1
      state.open.append(Asked(number: state.last, question: question, caller: caller, part: part))
      return state.last
    }
    guard let number else { return nil }
    do {
      return try await state.wait(for: "a front's answer", within: .seconds(100)) { $0.answers.removeValue(forKey: number) }.get()
    } catch let error as CancellationError {
      state.change { $0.withdrawn.append(number) }
      throw error
    }
  }

  func tell(_ question: FrontQuestion, for caller: Caller) async -> Bool { false }

  /// The next question.
  func asked() async throws -> Asked {
    try await state.wait(for: "a question", within: .seconds(60)) { $0.open.isEmpty ? nil : $0.open.removeFirst() }
  }

  func answer(_ asked: Asked, _ result: JSONValue) { state.change { $0.answers[asked.number] = .success(result) } }

  func refuse(_ asked: Asked, _ words: String) { state.change { $0.answers[asked.number] = .failure(RequestFailure(words)) } }

  /// Waits until the question was withdrawn.
  func isWithdrawn(_ asked: Asked) async throws {
    try await state.wait(for: "a question to be withdrawn", within: .seconds(60)) { $0.withdrawn.contains(asked.number) ? () : nil }
  }

  var isAsked: Bool { state.read { !$0.open.isEmpty } }
}

extension Caller {
  /// A connection of a run.
  static func talking(_ run: String = "run-1", connection: UInt? = 1, workspace: String? = "/project") -> Caller {
    Caller(run: run, name: "name of \(run)", workspace: workspace, scopes: .ordinary, connection: connection)
  }
}

extension BridgeRequest {
  static func chat(_ params: JSONValue, deadline: ContinuousClock.Instant? = nil) -> BridgeRequest {
    BridgeRequest(id: 1, type: "vscode/chat", params: params, deadline: deadline)
  }

  static func history(_ params: JSONValue) -> BridgeRequest {
    BridgeRequest(id: 2, type: "vscode/getChatHistory", params: params, deadline: nil)
  }
}
