// SPDX-License-Identifier: Apache-2.0

/// Whole lines of a document that are run together.
public struct Block: Sendable, Hashable {
  /// What keeps a block from being run.
  public struct Failure: Sendable, Hashable {
    /// The line it was seen on, from 0.
    public var line: Int
    /// A sentence for people.
    public var reason: String
  }

  /// What the lines are.
  public var kind: BlockKind
  /// From 0, both inclusive; a blank block past the end has a line the document does not have.
  public var lines: ClosedRange<Int>
  /// The lines a kernel is given: the same, but for a cell, whose marker is no code.
  public var codeLines: ClosedRange<Int>
  /// There when the kind is `incomplete` or `invalid`.
  public var failure: Failure?

  init(_ kind: BlockKind, _ lines: ClosedRange<Int>, _ failure: Failure? = nil, codeLines: ClosedRange<Int>? = nil) {
    self.kind = kind
    self.lines = lines
    self.codeLines = codeLines ?? lines
    self.failure = failure
  }
}
