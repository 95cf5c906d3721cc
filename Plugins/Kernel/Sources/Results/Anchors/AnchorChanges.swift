// SPDX-License-Identifier: Apache-2.0

internal import JSON
internal import PluginSDK
internal import SQLite

/// Moves results with their documents: edits told as they happen, texts compared, files renamed.
struct AnchorChanges {
  let tables: ResultTables

  /// Takes edits, each in the lines as the one before left them.
  func edit(_ document: String, _ edits: [LineEdit]) throws {
    for edit in edits where edit.firstLine < 1 || edit.lastLine < edit.firstLine - 1 || edit.lines < 0 {
      throw PluginFailure(
        "cannot take the edit of lines \(edit.firstLine) to \(edit.lastLine) into \(edit.lines) of '\(document)': lines count from 1, "
          + "an insertion ends one before it begins, and no fewer than 0 lines can stand there",
        code: "bad_edit", status: .invalid)
    }
    for row in try rows(of: document) where row.freshness != .orphaned {
      guard var span = row.span else { continue }
      var freshness = row.freshness
      for edit in edits {
        switch edit.apply(to: span) {
        case .moved(let moved): span = moved
        case .changed(let changed): (span, freshness) = (changed, .edited)
        case .removed(let line): (span, freshness) = (LineSpan(first: line, last: line), .orphaned)
        }
        if freshness == .orphaned { break }
      }
      try settle(row, span, freshness)
    }
  }

  /// Compares with the text as it is now, and finds blocks that were moved.
  func sync(_ document: String, text: String) throws {
    // Results without lines are of no place.
    let rows = try rows(of: document).filter { $0.span != nil }
    var finder = BlockFinder(text)
    let blocks = rows.map { BlockFinder.Block(source: $0.source, span: $0.span ?? LineSpan(first: 1, last: 1), freshness: $0.freshness) }
    for (row, found) in zip(rows, finder.find(blocks)) { try settle(row, found.span, found.freshness) }
  }

  private func rows(of document: String) throws -> [ResultRow] {
    try ResultRow.list("document = ?1", tables.database) { try $0.bind(1, document) }
  }

  private func settle(_ row: ResultRow, _ span: LineSpan, _ freshness: Freshness) throws {
    guard span != row.span || freshness != row.freshness else { return }
    try tables.touch(row.id, "first_line = ?2, last_line = ?3, freshness = ?4") {
      try $0.bind(2, Int64(span.first))
      try $0.bind(3, Int64(span.last))
      try $0.bind(4, freshness.rawValue)
    }
  }

  /// Gives results of a document, or of all below a directory, their new name. What the new name had was overwritten, so its results go.
  ///
  /// - Returns: How many moved.
  func rename(_ old: String, to new: String) throws -> Int {
    guard old != new else { return 0 }
    let moved = try ResultRow.list("document = ?1 OR substr(document, 1, ?3) = ?2", tables.database) {
      try $0.bind(1, old)
      try $0.bind(2, old + "/")
      try $0.bind(3, Int64(old.unicodeScalars.count + 1))
    }
    let targets = Set(moved.compactMap(\.document).map { new + $0.dropFirst(old.count) })
    let movedIDs = Set(moved.map(\.id))
    for target in targets {
      for row in try rows(of: target) where !row.isPinned && !movedIDs.contains(row.id) { try tables.remove(row, because: "overwritten") }
    }
    for row in moved {
      guard let document = row.document else { continue }
      try tables.touch(row.id, "document = ?2") { try $0.bind(2, new + document.dropFirst(old.count)) }
    }
    return moved.count
  }
}
