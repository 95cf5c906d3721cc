// SPDX-License-Identifier: Apache-2.0

/// How well a front's folder fits a run's.
struct WorkspaceMatch: Comparable, Sendable {
  /// How many folders deep they agree.
  let depth: Int
  /// How many folders the front lies deeper than the run: the less, the better.
  let excess: Int

  /// - Returns: Nil when neither folder contains the other.
  init?(front: String?, caller: String?) {
    guard let front, let caller else { return nil }
    let (one, other) = (Self.folders(front), Self.folders(caller))
    let common = min(one.count, other.count)
    guard one.prefix(common) == other.prefix(common) else { return nil }
    (depth, excess) = (common, one.count - common)
  }

  private static func folders(_ path: String) -> [Substring] { path.split(separator: "/").filter { $0 != "." } }

  /// Without doubled slashes and one at the end.
  static func tidy(_ path: String) -> String { "/" + folders(path).joined(separator: "/") }

  static func < (one: WorkspaceMatch, other: WorkspaceMatch) -> Bool {
    one.depth != other.depth ? one.depth < other.depth : one.excess > other.excess
  }
}
