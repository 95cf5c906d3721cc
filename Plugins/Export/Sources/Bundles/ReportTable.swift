// SPDX-License-Identifier: Apache-2.0

internal import SQLite

/// The losses of a report, as they stand in a copied database.
struct ReportTable {
  let id: Int64
  let run: String
  private let losses: [UInt8]
  private let indices: [UInt8]

  /// The newest report of each run.
  static func newest(in path: String) throws -> [ReportTable] {
    let database = try Database(path: path, access: .readOnly)
    var reports: [ReportTable] = []
    try database.prepare(
      """
      SELECT o.id, r.name, o.losses, o.indices FROM reports o JOIN runs r ON r.id = o.run
      WHERE o.id = (SELECT max(n.id) FROM reports n WHERE n.run = o.run) ORDER BY o.id
      """
    ).forEachRow { row in
      reports.append(
        ReportTable(id: row.integer(0) ?? 0, run: row.text(1) ?? "", losses: row.blob(2) ?? [], indices: row.blob(3) ?? []))
    }
    return reports
  }

  /// One line a sample; a loss that was missing is an empty field.
  var csv: [UInt8] {
    var text = Array("sample_index,loss\n".utf8)
    for position in 0..<losses.count / 8 {
      let index = position * 8 < indices.count ? Int64(bitPattern: Self.word(indices, position)) : Int64(position)
      let loss = Double(bitPattern: Self.word(losses, position))
      text += "\(index),\(loss.isNaN ? "" : "\(loss)")\n".utf8
    }
    return text
  }

  /// Little-endian, eight bytes each.
  private static func word(_ bytes: [UInt8], _ position: Int) -> UInt64 {
    var word: UInt64 = 0
    for offset in (0..<8).reversed() {
      let place = position * 8 + offset
      word = word << 8 | UInt64(place < bytes.count ? bytes[place] : 0)
    }
    return word
  }
}
