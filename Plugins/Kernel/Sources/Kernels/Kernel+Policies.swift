// SPDX-License-Identifier: Apache-2.0

internal import JSON
internal import PluginSDK

// What becomes of a kernel that nobody uses, or that takes too much.
extension Kernel {
  var isIdleTooLong: Bool { policy.cullIdle > 0 && idleSeconds >= policy.cullIdle }

  var isOverCeiling: Bool {
    get async {
      guard policy.memoryCeiling > 0, status == .idle || status == .busy, let usage = await usage else { return false }
      return usage.memory > policy.memoryCeiling
    }
  }

  // MARK: - Kept ready

  /// Whether it could stand for a kernel of that plan: begun alike, but for where it runs.
  nonisolated func isLike(_ plan: KernelPlan) -> Bool {
    firstPlan.spec == plan.spec && firstPlan.command == plan.command && plan.language == "python"
      && Self.withoutPlace(firstPlan.environment) == Self.withoutPlace(plan.environment)
  }

  /// Variables but for those that tell where a kernel was begun and for which document: `move` settles both.
  private static func withoutPlace(_ variables: [String: String]) -> [String: String] {
    variables.filter { !["PWD", documentVariable].contains($0.key) }
  }

  private static let documentVariable = "JPY_SESSION_NAME"

  /// Does what the first run would pay for.
  func warmUp() async { _ = try? await evaluate(["ready": "1"], within: .seconds(5)) }

  /// Goes to another directory and document, as if it had been begun there.
  func move(to plan: KernelPlan) async throws {
    let place = JSONValue.string(plan.workingDirectory).serialized()
    let document = plan.environment[Self.documentVariable].map { JSONValue.string($0).serialized() }
    let name = document.map { "; __import__('os').environ['\(Self.documentVariable)'] = \($0)" } ?? ""
    _ = try await ask(
      "execute_request",
      [
        "code": .string("__import__('os').chdir(\(place))\(name)"), "silent": true, "store_history": false, "allow_stdin": false,
        "stop_on_error": false,
      ],
      within: .seconds(10))
    self.plan = plan
    started = Self.now
  }
}
