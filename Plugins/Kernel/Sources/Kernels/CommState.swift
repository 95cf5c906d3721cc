// SPDX-License-Identifier: Apache-2.0

internal import JSON

/// An open comm of a kernel, with what it said last, so that somebody who comes late can join.
struct CommState: Sendable {
  /// How many are remembered of one kernel.
  static let most = 2_000
  /// Beyond so many bytes the state of one is not followed.
  static let mostBytes = 16 << 20

  var target: String
  /// The latest value of each member of its state.
  private(set) var state: [String: JSONValue] = [:]
  /// About how many bytes each member has.
  private var sizes: [String: Int] = [:]
  private var bytes = 0

  init(target: String) { self.target = target }

  /// Takes what a message says of the state.
  ///
  /// - Parameter bytes: Of the message.
  mutating func merge(_ news: [String: JSONValue], bytes count: Int) {
    guard !news.isEmpty else { return }
    let share = count / news.count
    for (name, value) in news {
      bytes += share - (sizes[name] ?? 0)
      (sizes[name], state[name]) = (share, value)
    }
    // Half a state would mislead; who comes late asks the kernel.
    if bytes > Self.mostBytes { (state, sizes, bytes) = ([:], [:], 0) }
  }
}
