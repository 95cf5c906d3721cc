// SPDX-License-Identifier: Apache-2.0

internal import JSON
internal import PluginSDK
internal import SQLite

/// Answers what results there are and what is in them.
struct ResultReader {
  /// An answer crosses the boundary whole, and 16 MiB are the most.
  private static let answerBytes = 12 << 20
  private static let pageBytes = 1 << 20

  let tables: ResultTables

  // MARK: - Lists

  func list(_ request: ResultRequest) throws -> JSONValue {
    let rows = try ResultRow.list("(?1 IS NULL OR document = ?1) AND (?2 IS NULL OR kernel = ?2)", tables.database) {
      try $0.bind(1, request.document)
      try $0.bind(2, request.kernel)
    }
    var budget = Self.answerBytes
    var results: [JSONValue] = []
    let start = request.offset ?? 0
    for row in rows.dropFirst(max(0, start)).prefix(max(1, request.limit ?? 1_000)) {
      let shown = request.outputs == true ? try show(row, request, &budget) : summary(row)
      budget -= 600 + row.source.utf8.count
      guard budget > 0 || results.isEmpty else { break }
      results.append(shown)
    }
    var answer: JSONValue = ["results": .array(results), "total": .integer(Int64(rows.count))]
    if start + results.count < rows.count { answer["next_offset"] = .integer(Int64(start + results.count)) }
    return answer
  }

  // MARK: - One

  func get(_ request: ResultRequest) throws -> JSONValue {
    let row = try find(request)
    guard let output = request.output else {
      var budget = Self.answerBytes
      return try show(row, request, &budget)
    }
    guard let found = try OutputRow.list(of: row.number, from: output, limit: 1, tables.database).first, found.position == output else {
      throw PluginFailure(
        "cannot give output \(output) of the result '\(row.id)': it has no such output", code: "output_not_found", status: .invalid)
    }
    if request.mime != nil || found.kind == .stream || request.offset != nil { return try page(found, row, request) }
    var budget = Self.answerBytes
    var images = 0
    return try show(found, request, &budget, &images)
  }

  func find(_ request: ResultRequest) throws -> ResultRow {
    if let id = request.id {
      guard let row = try ResultRow.find(id, tables.database) else { throw Self.notFound(id) }
      return row
    }
    guard let document = request.document, let line = request.line else {
      throw PluginFailure("cannot give a result: name its 'id', or a 'document' and a 'line'", code: "bad_request", status: .invalid)
    }
    let rows = try ResultRow.list("document = ?1 AND first_line <= ?2 AND last_line >= ?2 AND freshness <> 'orphaned'", tables.database) {
      try $0.bind(1, document)
      try $0.bind(2, Int64(line))
    }
    // The closest around the line, of those the newest.
    guard let row = rows.min(by: { (($0.span?.count ?? 0), -$0.number) < (($1.span?.count ?? 0), -$1.number) }) else {
      throw PluginFailure("cannot give a result: '\(document)' has none at line \(line)", code: "result_not_found", status: .invalid)
    }
    return row
  }

  static func notFound(_ id: String) -> PluginFailure {
    PluginFailure(
      "cannot find the result '\(id)': it was never kept, or replaced, cleared, or over a limit", code: "result_not_found", status: .invalid
    )
  }

  /// Where the results of a document are now.
  func anchors(of document: String) throws -> JSONValue {
    let rows = try ResultRow.list("document = ?1", tables.database) { try $0.bind(1, document) }
    let shown = rows.map { row -> JSONValue in
      var value: JSONValue = ["id": .string(row.id), "freshness": .string(row.freshness.rawValue), "stale": .bool(row.isStale)]
      if let span = row.span {
        value["first_line"] = .integer(Int64(span.first))
        value["last_line"] = .integer(Int64(span.last))
      }
      return value
    }
    return ["document": .string(document), "results": .array(shown)]
  }

  func summary(_ row: ResultRow) -> JSONValue {
    var value: JSONValue = [
      "id": .string(row.id), "kernel": .string(row.kernel), "state": .string(row.state), "client": .string(row.client),
      "source": .string(row.source), "hash": .string(row.hash), "freshness": .string(row.freshness.rawValue),
      "stale": .bool(row.isStale), "pinned": .bool(row.isPinned), "queued": .number(row.queued), "revision": .integer(row.revision),
    ]
    if let document = row.document { value["document"] = .string(document) }
    if let span = row.span {
      value["first_line"] = .integer(Int64(span.first))
      value["last_line"] = .integer(Int64(span.last))
    }
    if let count = row.executionCount { value["execution_count"] = .integer(count) }
    if let reason = row.reason { value["reason"] = .string(reason) }
    if let started = row.started { value["started"] = .number(started) }
    if let ended = row.ended { value["ended"] = .number(ended) }
    if let timings = row.timings.flatMap({ try? JSONValue(parsing: $0) }) { value["timings"] = timings }
    if row.leftOutOutputs > 0 {
      value["left_out"] = [
        "outputs": .integer(row.leftOutOutputs), "bytes": .integer(row.leftOutBytes),
        "sentence": .string("\(row.leftOutOutputs) outputs of \(row.leftOutBytes) bytes were not kept: over the limit of a result"),
      ]
    }
    return value
  }
}

// MARK: - Outputs

extension ResultReader {
  private func show(_ row: ResultRow, _ request: ResultRequest, _ budget: inout Int) throws -> JSONValue {
    var value = summary(row)
    var outputs: [JSONValue] = []
    var images = 0
    var next = 0
    // A hundred at a time: rows carry up to 64 KiB each.
    reading: while true {
      let rows = try OutputRow.list(of: row.number, from: next, limit: 100, tables.database)
      guard let last = rows.last else { break }
      for output in rows {
        guard budget > 0 else { break reading }
        outputs.append(try show(output, request, &budget, &images))
      }
      next = last.position + 1
    }
    let total = Int(try tables.database.integer("SELECT count(*) FROM outputs WHERE result = \(row.number)") ?? 0)
    value["outputs"] = .array(outputs)
    value["output_count"] = .integer(Int64(total))
    if outputs.count < total {
      value["next_output"] = .integer(Int64(next))
      value["outputs_left_out"] = .string("\(total - outputs.count) outputs are not in this answer; ask for them by 'output'")
    }
    return value
  }

  private func show(_ row: OutputRow, _ request: ResultRequest, _ budget: inout Int, _ images: inout Int) throws -> JSONValue {
    var value: JSONValue = [
      "output": .integer(Int64(row.position)), "output_type": .string(row.kind.rawValue), "bytes": .integer(Int64(row.bytes)),
      "time": .number(row.time),
    ]
    if row.isLate { value["late"] = true }
    if let id = row.displayID { value["display_id"] = .string(id) }
    if let count = row.executionCount { value["execution_count"] = .integer(count) }
    if row.leftOut > 0 {
      value["lost"] = [
        "bytes": .integer(Int64(row.leftOut)),
        "sentence": .string("\(row.leftOut) bytes were not kept: over a limit, or the disk was full"),
      ]
    }
    budget -= 300
    let bytes: OutputBytes
    do {
      bytes = try OutputBytes(row, tables)
    } catch {
      // One file that is gone is no reason to show nothing.
      value["left_out"] = ["sentence": .string(error.description), "bytes": .integer(Int64(row.bytes))]
      return value
    }
    switch row.kind {
    case .stream: try addText(row, bytes, request, &value, &budget)
    case .displayData, .executeResult: try addBundle(row, bytes, request, &value, &budget, &images)
    case .error, .truncated, .unreadable: try addContent(row, bytes, &value, &budget)
    }
    return value
  }

  private func addText(
    _ row: OutputRow, _ bytes: OutputBytes, _ request: ResultRequest, _ value: inout JSONValue, _ budget: inout Int
  ) throws {
    value["name"] = .string(row.name ?? "stdout")
    value["lines"] = .integer(Int64(row.lines))
    if request.view == .full, bytes.count <= min(budget, Self.answerBytes / 2) {
      value["text"] = .string(shown(String(decoding: try bytes.all(), as: UTF8.self), request))
      budget -= bytes.count
    } else {
      let view = try TextView(bytes, lines: row.lines, limits: tables.limits)
      value["text"] = .string(shown(view.head, request))
      budget -= view.head.utf8.count
      if let tail = view.tail, let sentence = view.sentence {
        value["tail"] = .string(shown(tail, request))
        value["left_out"] = [
          "lines": .integer(Int64(view.leftOutLines)), "bytes": .integer(Int64(view.leftOutBytes)), "sentence": .string(sentence),
        ]
        budget -= tail.utf8.count
      }
    }
  }

  private func shown(_ text: String, _ request: ResultRequest) -> String { request.plain == true ? PlainText.of(text) : text }

  private func addBundle(
    _ row: OutputRow, _ bytes: OutputBytes, _ request: ResultRequest, _ value: inout JSONValue, _ budget: inout Int, _ images: inout Int
  ) throws {
    value["mime_types"] = .array(row.mimeTypes.map { .string($0) })
    let untrusted = row.mimeTypes.filter(MimePriority.isUntrusted)
    if !untrusted.isEmpty { value["untrusted"] = .array(untrusted.map { .string($0) }) }
    let best = MimePriority.best(of: row.mimeTypes, accept: request.accept)
    if let best { value["best"] = .string(best) }
    let buffers = try bufferSizes(row.id)
    if !buffers.isEmpty { value["buffers"] = .array(buffers.map { .integer(Int64($0)) }) }
    let isImage = best.map(MimePriority.isImage) ?? false
    images += isImage ? 1 : 0
    guard bytes.count <= budget / 2, !isImage || request.output != nil || images <= tables.limits.viewImages else {
      value["left_out"] = [
        "bytes": .integer(Int64(bytes.count)),
        "sentence": .string("\(bytes.count) bytes left out; ask for output \(row.position) with 'mime', 'offset' and 'limit'"),
      ]
      return
    }
    let content = try JSONValue(parsing: try bytes.all())
    let data = content["data"]?.objectValue ?? [:]
    let chosen = request.accept == nil ? data : data.filter { $0.key == best }
    value["data"] = .object(chosen)
    value["metadata"] = content["metadata"] ?? [:]
    budget -= request.accept == nil ? bytes.count : chosen.values.reduce(0) { $0 + ($1.stringValue?.utf8.count ?? bytes.count) }
  }

  private func bufferSizes(_ output: Int64) throws -> [Int] {
    let statement = try tables.database.cached("SELECT bytes FROM buffers WHERE output = ?1 ORDER BY position")
    try statement.bind(1, output)
    var sizes: [Int] = []
    try statement.forEachRow { sizes.append(Int($0.presentInteger(0))) }
    return sizes
  }

  private func addContent(_ row: OutputRow, _ bytes: OutputBytes, _ value: inout JSONValue, _ budget: inout Int) throws {
    guard bytes.count <= budget / 2 else {
      value["left_out"] = [
        "bytes": .integer(Int64(bytes.count)),
        "sentence": .string("\(bytes.count) bytes left out; ask for output \(row.position) with 'offset' and 'limit'"),
      ]
      return
    }
    let all = try bytes.all()
    budget -= all.count
    if row.kind != .unreadable, let content = try? JSONValue(parsing: all).objectValue {
      for (name, member) in content where value[name] == nil { value[name] = member }
    } else {
      value["text"] = .string(String(decoding: all, as: UTF8.self))
    }
  }

  /// A piece of one output: of its text, of one of its types, or of what came.
  private func page(_ row: OutputRow, _ result: ResultRow, _ request: ResultRequest) throws -> JSONValue {
    let bytes = try OutputBytes(row, tables)
    let offset = max(0, request.offset ?? 0)
    let limit = min(max(4, request.limit ?? Self.pageBytes), Self.answerBytes / 2)
    var (total, piece) = (bytes.count, [UInt8]())
    if let mime = request.mime {
      guard let data = try JSONValue(parsing: try bytes.all())["data"]?[mime] else {
        throw PluginFailure(
          "cannot give '\(mime)' of output \(row.position) of the result '\(result.id)': it has \(row.mimeTypes.joined(separator: ", "))",
          code: "type_not_found", status: .invalid)
      }
      let all = data.stringValue.map { Array($0.utf8) } ?? data.bytes()
      total = all.count
      piece = Array(all[min(offset, total)..<min(total, offset + limit)])
    } else {
      piece = try bytes.read(at: offset, limit)
    }
    // Whole characters; what is cut off here comes with the next piece.
    let end = offset + piece.count < total ? TextView.characterStart(piece, piece.count) : piece.count
    var answer: JSONValue = [
      "id": .string(result.id), "output": .integer(Int64(row.position)), "text": .string(String(decoding: piece[..<end], as: UTF8.self)),
      "offset": .integer(Int64(offset)), "total_bytes": .integer(Int64(total)),
    ]
    if offset + end < total { answer["next_offset"] = .integer(Int64(offset + end)) }
    return answer
  }
}
