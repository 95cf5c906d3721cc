// SPDX-License-Identifier: Apache-2.0

import JSON
import PluginSDK
import Synchronization

@testable import Kernel

/// Answers as it was told, and remembers what it was asked.
final class ScriptedEvaluator: ExpressionEvaluator {
  struct State {
    var answers: [String: JSONValue] = [:]
    /// Expressions that are never answered in time.
    var slow: Set<String> = []
    /// Each question: its expressions, sorted.
    var asked: [[String]] = []
    var running: [String: Int] = [:]
    var mostAtOnce = 0
    var gate: CheckedContinuation<Void, Never>?
    var isGated = false
    var watchers: [CheckedContinuation<Void, Never>] = []
  }

  let state = Mutex(State())

  static func value(_ text: String) -> JSONValue { ["status": "ok", "data": ["text/plain": .string(text)], "metadata": [:]] }

  func set(_ expression: String, _ text: String) { state.withLock { $0.answers[expression] = Self.value(text) } }

  var asked: [[String]] { state.withLock { $0.asked } }

  func evaluate(_ expressions: [String: String], on kernel: String, within limit: Duration) async throws -> [String: JSONValue] {
    let isGated = state.withLock { state in
      state.asked.append(expressions.values.sorted())
      state.running[kernel, default: 0] += 1
      state.mostAtOnce = max(state.mostAtOnce, state.running[kernel]!)
      return state.isGated
    }
    if isGated {
      await withCheckedContinuation { gate in
        let watchers = state.withLock { state in
          state.gate = gate
          defer { state.watchers = [] }
          return state.watchers
        }
        for watcher in watchers { watcher.resume() }
      }
    }
    return try state.withLock { state in
      state.running[kernel]! -= 1
      guard state.slow.isDisjoint(with: expressions.values) else { throw PluginFailure("the kernel is busy") }
      return expressions.mapValues { expression in
        state.answers[expression]
          ?? ["status": "error", "ename": "NameError", "evalue": .string("name '\(expression)'"), "traceback": ["t"]]
      }
    }
  }

  /// Returns when a question waits at the gate.
  func isAtGate() async {
    await withCheckedContinuation { watcher in
      let isThere = state.withLock { state in
        if state.gate == nil { state.watchers.append(watcher) }
        return state.gate != nil
      }
      if isThere { watcher.resume() }
    }
  }

  func open() {
    let gate = state.withLock { state in
      defer { state.gate = nil }
      state.isGated = false
      return state.gate
    }
    gate?.resume()
  }
}
