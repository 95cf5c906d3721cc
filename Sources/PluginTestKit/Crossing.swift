// SPDX-License-Identifier: Apache-2.0

/// One step over the boundary, as a readable line.
///
/// Calls and topics are numbered per host from 1 in the order in which they appear, and addresses and times are left out, so that two
/// records of the same work are equal.
public struct Crossing: Sendable, Hashable, CustomStringConvertible {
  /// Who called whom.
  public enum Direction: Sendable { case toPlugin, toHost }

  /// Who called whom.
  public let direction: Direction
  /// The function in the table, such as `call_finish`.
  public let function: String
  /// What it was given.
  public let arguments: String
  /// What it answered; empty while it runs, and for functions without an answer.
  public internal(set) var result = ""

  /// The line: `host > invoke call 1 hello.greet {"name":"Ada"} = pending`.
  public var description: String {
    let who = direction == .toPlugin ? "host >" : "plugin >"
    return [who, function, arguments, result.isEmpty ? "" : "= \(result)"].filter { !$0.isEmpty }.joined(separator: " ")
  }
}
