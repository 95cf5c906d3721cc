// SPDX-License-Identifier: Apache-2.0

internal import JSON
internal import Synchronization

extension OperationBook {
  /// Asks fronts for what they can answer. Whoever answers first, a front or somebody else, ends the operation.
  func ask(_ operation: KeptOperation) {
    guard let question = OperationQuestion(operation) else { return }
    state.withLock { state in
      guard !state.isLeaving, state.table.open[operation.number] != nil, state.asking[operation.number] == nil else { return }
      state.asking[operation.number] = Task(executorPreference: executor) { [weak self] in
        await self?.asked(question, for: operation)
      }
    }
  }

  /// A front came: asks it for what no front was asked.
  func frontAttached() {
    for operation in state.withLock({ $0.table.inOrder }) { ask(operation) }
  }

  private func asked(_ question: OperationQuestion, for operation: KeptOperation) async {
    let answer: JSONValue?
    do {
      answer = try await fronts.ask(question.asked, for: operation.caller, until: nil) { _ in }
    } catch {
      // Withdrawn, or the front would not: it waits on for somebody else.
      answer = nil
    }
    state.withLock { $0.asking[operation.number] = nil }
    guard !Task.isCancelled, let result = answer.flatMap({ question.result($0) }) else { return }
    take(result, for: operation.number)
  }

  private func take(_ result: JSONValue, for number: Int) {
    guard result.bytes().count <= settings.resultBytes else {
      trouble("cannot take the answer of a front for op-\(number): it is longer than the limit of \(settings.resultBytes) bytes")
      return
    }
    // While the host goes, the next one asks again.
    guard !state.withLock({ $0.isLeaving }) else { return }
    end(number, as: .delivered, result: result, error: nil, by: "front")
  }
}
