// SPDX-License-Identifier: Apache-2.0

/// Stacks of frames, each kept once: equal stacks have equal numbers, and 0 is the empty one.
struct StateTable: Sendable {
  static let empty: Int32 = 0

  private struct Node: Sendable {
    var parent: Int32
    var depth: Int32
    var frame: Frame
    var isInsideText: Bool
  }

  private var nodes = [Node(parent: 0, depth: 0, frame: Frame(raw: 0), isInsideText: false)]
  private var numbers: [UInt64: Int32] = [:]

  var count: Int { nodes.count }

  func parent(of state: Int32) -> Int32 { nodes[Int(state)].parent }
  /// The innermost frame; one with the number 0 for the empty stack.
  func frame(of state: Int32) -> Frame { nodes[Int(state)].frame }
  func depth(of state: Int32) -> Int { Int(nodes[Int(state)].depth) }
  /// Whether any frame is text, so that a line's leading blanks may mean something.
  func isInsideText(_ state: Int32) -> Bool { nodes[Int(state)].isInsideText }

  /// The number of a stack with one frame more.
  mutating func push(_ frame: Frame, on state: Int32) -> Int32 {
    let key = UInt64(UInt32(bitPattern: state)) << 8 | UInt64(frame.raw)
    if let known = numbers[key] { return known }
    let number = Int32(nodes.count)
    let below = nodes[Int(state)]
    nodes.append(Node(parent: state, depth: below.depth + 1, frame: frame, isInsideText: below.isInsideText || frame.isText))
    numbers[key] = number
    return number
  }
}
