// SPDX-License-Identifier: Apache-2.0
import JSON

/// What `jackfield kernels` shows at one moment.
struct KernelsFrame {
  let rows: [KernelRow]
  /// Unix seconds.
  let now: Double
  let rowsOfHost: [JSONValue]
  /// The id of the kernel that keys are about.
  var selected: String?
  /// What a key did, or is about to do.
  var note = ""

  /// - Parameters:
  ///   - list: The answer of `kernel.list`.
  ///   - before: The frame before; keeps what is selected.
  init(_ list: JSONValue, before: KernelsFrame? = nil, now: Double) {
    rowsOfHost = list["kernels"]?.arrayValue ?? []
    self.now = now
    let old = Dictionary((before?.rowsOfHost ?? []).map { ($0["id"]?.stringValue ?? "", $0) }) { first, _ in first }
    let seconds = before.map { now - $0.now } ?? 0
    rows = rowsOfHost.map { KernelRow($0, before: old[$0["id"]?.stringValue ?? ""], seconds: seconds) }.sorted { $0.id < $1.id }
    selected = rows.contains { $0.id == before?.selected } ? before?.selected : rows.first?.id
    note = before?.note ?? ""
  }

  /// The lines, as wide as they are.
  func lines(marked: Bool = false) -> [String] {
    guard !rows.isEmpty else { return ["no kernel; the first run of a file begins one: jackfield exec FILE"] }
    let table = TextTable(titles: KernelRow.titles, rows: rows.map { $0.cells(now: now) }, numbers: KernelRow.numbers).lines(width: nil)
    guard marked else { return table }
    return ["  " + table[0]] + zip(rows, table.dropFirst()).map { ($0.id == selected ? "> " : "  ") + $1 }
  }

  /// The lines that fit on a screen.
  func lines(width: Int, height: Int) -> [String] {
    var lines = [note.isEmpty ? Self.keys : note, ""] + lines(marked: true)
    if lines.count > height, height > 0 { lines = lines.prefix(height - 1) + ["… and \(lines.count - height + 1) more"] }
    return lines.map { String($0.prefix(width)) }
  }

  static let keys = "j k or arrows: choose; i interrupt, r restart, s shut down; q ends"

  /// Chooses the next kernel, or the one before.
  mutating func move(_ step: Int) {
    guard !rows.isEmpty else { return }
    let place = rows.firstIndex { $0.id == selected } ?? 0
    selected = rows[min(max(place + step, 0), rows.count - 1)].id
  }

  /// For programs: the rows as the host gave them, with the share of the processor where it is known.
  var json: JSONValue {
    .array(
      rows.map { row in
        var value = row.value
        if let cpu = row.cpu { value["cpu"] = .number(cpu) }
        return value
      })
  }
}
