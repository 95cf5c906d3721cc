// SPDX-License-Identifier: Apache-2.0

internal import JSON
internal import PluginSDK
internal import PythonBlocks

/// The commands that tell what a line of a document belongs to: `code.block`, `code.cells`, `code.split`.
struct BlockCommands: Sendable {
  private let shelf = DocumentShelf()
  private let work: BlockingWork

  /// Files are read on threads of `work`.
  init(work: BlockingWork) { self.work = work }

  var all: [Command] {
    [
      Command("code.block") { (input: BlockRequest, _: Call) in
        let place = try input.place()
        return try await work.run { Self.block(input, place, try shelf.document(input)) }
      },
      Command("code.cells") { (input: BlockRequest, _: Call) in
        try await work.run { Self.cells(try shelf.document(input)) }
      },
      Command("code.split") { (input: BlockRequest, _: Call) in
        let lines = try input.range()
        return try await work.run { Self.split(lines, try shelf.document(input)) }
      },
    ]
  }

  // MARK: - Answers

  private static func block(_ input: BlockRequest, _ place: BlockRequest.Place, _ document: PythonDocument) -> JSONValue {
    switch place {
    case .lines(let lines): return shown(document.selection(lines), document)
    case .line(let line):
      let mode = input.mode ?? .statement
      let block = document.block(atLine: line, mode: mode.block, blank: (input.blank ?? .itself).policy)
      var answer = shown(block, document)
      if mode == .cell, let cell = document.cell(atLine: line), let title = cell.title { answer["title"] = .string(title) }
      return answer
    }
  }

  private static func cells(_ document: PythonDocument) -> JSONValue {
    let cells = document.cells.map { cell in
      var shown: JSONValue = [
        "first_line": .integer(Int64(cell.lines.lowerBound + 1)), "last_line": .integer(Int64(cell.lines.upperBound + 1)),
        "content": .string(cell.content.rawValue), "has_marker": .bool(cell.hasMarker),
        "statements": .array(document.statements(of: cell).map { self.place(of: $0) }),
      ]
      if let title = cell.title { shown["title"] = .string(title) }
      return shown
    }
    return ["lines": .integer(Int64(document.lineCount)), "cells": .array(cells)]
  }

  private static func split(_ lines: ClosedRange<Int>, _ document: PythonDocument) -> JSONValue {
    let blocks = document.split(lines).map { block in
      var shown = place(of: block)
      shown["code"] = .string(document.code(of: block))
      return shown
    }
    return ["statements": .array(blocks)]
  }

  private static func shown(_ block: Block, _ document: PythonDocument) -> JSONValue {
    var answer = place(of: block)
    answer["code"] = .string(document.code(of: block))
    if let next = document.nextCodeLine(after: block.lines.upperBound) { answer["next_line"] = .integer(Int64(next + 1)) }
    return answer
  }

  private static func place(of block: Block) -> JSONValue {
    var answer: JSONValue = [
      "kind": .string(block.kind.rawValue), "first_line": .integer(Int64(block.lines.lowerBound + 1)),
      "last_line": .integer(Int64(block.lines.upperBound + 1)),
    ]
    if let failure = block.failure {
      answer["reason"] = .string(failure.reason)
      answer["reason_line"] = .integer(Int64(failure.line + 1))
    }
    return answer
  }
}
