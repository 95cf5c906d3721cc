// SPDX-License-Identifier: Apache-2.0

internal import JSON

/// An output on its way out of the host, small enough to be handled whole.
enum ExportOutput {
  case text(name: String, String)
  case bundle(isResult: Bool, executionCount: Int64?, data: [String: JSONValue], metadata: [String: JSONValue])
  case error(name: String, value: String, traceback: [String])
  /// What cannot be shown, in words.
  case note(String)

  /// Texts longer than this are given by their beginning and end.
  private static let mostBytes = 16 << 20

  init(_ row: OutputRow, _ tables: ResultTables) throws {
    let bytes = try OutputBytes(row, tables)
    if row.kind == .stream {
      self = .text(name: row.name ?? "stdout", try Self.text(row, bytes, tables))
      return
    }
    guard bytes.count <= 4 * Self.mostBytes else {
      self = .note("[an output of \(bytes.count) bytes left out]")
      return
    }
    let all = try bytes.all()
    guard row.kind != .unreadable, let content = try? JSONValue(parsing: all) else {
      self = .note(String(decoding: all, as: UTF8.self))
      return
    }
    self.init(row, content)
  }

  private init(_ row: OutputRow, _ content: JSONValue) {
    switch row.kind {
    case .error:
      let lines = content["traceback"]?.arrayValue?.map { $0.stringValue ?? $0.serialized() } ?? []
      self = .error(name: content["ename"]?.stringValue ?? "Error", value: content["evalue"]?.stringValue ?? "", traceback: lines)
    case .displayData, .executeResult:
      self = .bundle(
        isResult: row.kind == .executeResult, executionCount: row.executionCount, data: content["data"]?.objectValue ?? [:],
        metadata: content["metadata"]?.objectValue ?? [:])
    case .stream, .truncated, .unreadable: self = .note("[left out: \(content.serialized())]")
    }
  }

  private static func text(_ row: OutputRow, _ bytes: OutputBytes, _ tables: ResultTables) throws -> String {
    let lost = row.leftOut > 0 ? "\n[\(row.leftOut) bytes were not kept]\n" : ""
    guard bytes.count > mostBytes else { return String(decoding: try bytes.all(), as: UTF8.self) + lost }
    var limits = tables.limits
    (limits.viewBytes, limits.viewLines) = (mostBytes / 4, .max / 4)
    let view = try TextView(bytes, lines: row.lines, limits: limits)
    return "\(view.head)\n[\(view.leftOutLines) lines, \(view.leftOutBytes) bytes left out]\n\(view.tail ?? "")\(lost)"
  }
}
