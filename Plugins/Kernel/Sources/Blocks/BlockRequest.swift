// SPDX-License-Identifier: Apache-2.0

internal import PluginSDK
internal import PythonBlocks

/// Which text is meant, and which lines of it: the input of `code.block`, `code.cells` and `code.split`. Lines count from 1.
struct BlockRequest: Decodable, Sendable {
  enum CodingKeys: String, CodingKey {
    case text, path, line, mode, blank
    case endLine = "end_line"
    case firstLine = "first_line"
    case lastLine = "last_line"
  }

  enum Mode: String, Decodable, Sendable {
    case statement, top, line, cell

    var block: BlockMode {
      switch self {
      case .statement: .statement
      case .top: .top
      case .line: .line
      case .cell: .cell
      }
    }
  }

  enum Blank: String, Decodable, Sendable {
    case itself, next, previous

    var policy: BlankPolicy {
      switch self {
      case .itself: .itself
      case .next: .next
      case .previous: .previous
      }
    }
  }

  /// Lines from 0.
  enum Place: Sendable {
    case line(Int)
    case lines(ClosedRange<Int>)
  }

  /// The greatest number of a line that is taken; no document has as many.
  private static let lastLine = 1 << 31

  var text: String?
  var path: String?
  var line: Int?
  var endLine: Int?
  var firstLine: Int?
  var lastLine: Int?
  var mode: Mode?
  var blank: Blank?

  /// The line, or the selection that begins there.
  func place() throws -> Place {
    let line = try number(line, "line")
    guard let endLine else { return .line(line) }
    guard mode == nil || mode == .line else {
      throw PluginFailure(
        "cannot look for a block from line \(line + 1) to \(endLine): several lines are taken as they are; leave 'mode' out, or 'end_line'",
        code: "bad_lines", status: .invalid)
    }
    return .lines(try range(line, endLine, "end_line"))
  }

  /// From `first_line` to `last_line`; all lines when both are left out.
  func range() throws -> ClosedRange<Int> {
    if firstLine == nil, lastLine == nil { return 0...Self.lastLine }
    let first = try number(firstLine ?? 1, "first_line")
    return try range(first, lastLine ?? Self.lastLine, "last_line")
  }

  private func range(_ first: Int, _ last: Int, _ name: String) throws -> ClosedRange<Int> {
    let last = try number(last, name)
    guard first <= last else {
      throw PluginFailure(
        "cannot take the lines \(first + 1) to \(last + 1): '\(name)' is before the first; lines count from 1, and both are included",
        code: "bad_lines", status: .invalid)
    }
    return first...last
  }

  /// - Returns: The line, from 0.
  private func number(_ given: Int?, _ name: String) throws -> Int {
    guard let given else {
      throw PluginFailure("which line is meant? Give '\(name)', from 1 on", code: "no_line", status: .invalid)
    }
    guard given >= 1, given <= Self.lastLine else {
      throw PluginFailure("there is no line \(given): '\(name)' counts from 1", code: "bad_lines", status: .invalid)
    }
    return given - 1
  }
}
