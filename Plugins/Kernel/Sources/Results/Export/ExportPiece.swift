// SPDX-License-Identifier: Apache-2.0

internal import JSON

/// A part of a document on its way out: some code, and what it gave if it was run.
struct ExportPiece {
  var source: String
  var result: ResultRow?
  var outputs: [ExportOutput] = []

  /// Cuts a document's text at its results; without a text there are the results' own sources.
  static func pieces(of rows: [ResultRow], text: String?) -> [ExportPiece] {
    guard let text else { return rows.map { ExportPiece(source: $0.source, result: $0) } }
    let lines = BlockText.lines(of: text)
    var pieces: [ExportPiece] = []
    var next = 1
    for row in rows where row.freshness != .orphaned {
      guard let span = row.span, span.last <= lines.count, span.first >= 1 else {
        pieces.append(ExportPiece(source: row.source, result: row))
        continue
      }
      if span.first > next { appendGap(lines[(next - 1)..<(span.first - 1)], to: &pieces) }
      // Two results of overlapping lines: the second has what lines are left.
      let first = max(span.first, next)
      let source = first <= span.last ? lines[(first - 1)..<span.last].joined(separator: "\n") : ""
      pieces.append(ExportPiece(source: source, result: row))
      next = max(next, span.last + 1)
    }
    if next <= lines.count { appendGap(lines[(next - 1)...], to: &pieces) }
    return pieces
  }

  private static func appendGap(_ lines: ArraySlice<Substring>, to pieces: inout [ExportPiece]) {
    pieces.append(ExportPiece(source: lines.joined(separator: "\n")))
  }

  /// Whether there is nothing but blanks.
  var isBlank: Bool { source.utf8.allSatisfy { [0x20, 0x09, 0x0A, 0x0D].contains($0) } }
}
