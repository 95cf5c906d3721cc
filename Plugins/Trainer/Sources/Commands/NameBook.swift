// SPDX-License-Identifier: Apache-2.0
// The trainer's own counters begin anew in each process and are told no seeds: with them a fork overwrites one of yesterday.

internal import PluginSDK
internal import Synchronization

/// Gives runs names that no other run has.
final class NameBook: Sendable {
  static let mostCharacters = 120

  private struct State {
    var counters: [String: Int] = [:]
    var given: Set<String> = []
  }

  private let state = Mutex(State())

  /// Makes the next name of a kind, "fork8", above all that is known. Never the same twice.
  ///
  /// - Parameters:
  ///   - recorded: How far the numbers have come in the records.
  ///   - live: Names of runs that may not be recorded yet.
  func next(_ prefix: String, recorded: Int, live: Set<String>) -> String {
    state.withLock { state in
      let seen = live.compactMap { name in name.hasPrefix(prefix) ? Int(name.dropFirst(prefix.count)) : nil }
      var number = max(recorded, state.counters[prefix] ?? 0, seen.max() ?? 0)
      repeat { number += 1 } while state.given.contains("\(prefix)\(number)")
      state.counters[prefix] = number
      state.given.insert("\(prefix)\(number)")
      return "\(prefix)\(number)"
    }
  }

  /// Reserves a name that a person chose.
  ///
  /// - Returns: False when it was given out before.
  func reserve(_ name: String) -> Bool { state.withLock { $0.given.insert(name).inserted } }

  /// Gives a reserved name back, because it was not used.
  func release(_ name: String) { _ = state.withLock { $0.given.remove(name) } }

  /// How far the numbers of a kind have come.
  func counter(_ prefix: String, recorded: Int) -> Int { state.withLock { max(recorded, $0.counters[prefix] ?? 0) } }

  /// Cleans a name as the trainer does, so that what is checked is what is used: every run of other characters than `[A-Za-z0-9._-]` is a
  /// "-", none at the ends.
  ///
  /// - Returns: Nil when nothing is left.
  static func clean(_ name: String) -> String? {
    var cleaned = ""
    for scalar in name.unicodeScalars {
      if isPlain(scalar) {
        cleaned.unicodeScalars.append(scalar)
      } else if !cleaned.hasSuffix("\u{0}") {
        cleaned += "\u{0}"
      }
    }
    let ends: Set<Character> = ["-", "_", ".", "\u{0}"]
    let inner = cleaned.drop { ends.contains($0) }.prefix(mostCharacters)
    let text = String(inner.reversed().drop { ends.contains($0) }.reversed()).split(separator: "\u{0}", omittingEmptySubsequences: false)
    let name = text.joined(separator: "-")
    return name.isEmpty ? nil : name
  }

  private static func isPlain(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar {
    case "A"..."Z", "a"..."z", "0"..."9", ".", "_", "-": true
    default: false
    }
  }
}
