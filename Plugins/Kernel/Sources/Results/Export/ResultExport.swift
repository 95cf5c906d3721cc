// SPDX-License-Identifier: Apache-2.0

internal import FoundationEssentials
internal import JSON
internal import PluginSDK
internal import SQLite

/// Writes a document with its results as something other tools read.
struct ResultExport {
  enum Format: String, Decodable, Sendable {
    case ipynb, markdown, script
  }

  struct Request: Decodable, Sendable {
    var document: String
    var format: Format
    var path: String?
    var text: String?
    var images: Images?
  }

  enum Images: String, Decodable, Sendable {
    case files, inline
  }

  /// An answer crosses the boundary whole.
  private static let answerBytes = 8 << 20
  private static let documentBytes = 64 << 20

  let tables: ResultTables

  func run(_ request: Request) throws -> JSONValue {
    let rows = try ResultRow.list("document = ?1 AND state <> 'queued'", tables.database) { try $0.bind(1, request.document) }
    // Of two results of the same lines, only a pinned one can be the earlier.
    var pieces = ExportPiece.pieces(of: rows, text: text(of: request))
    for index in pieces.indices { if let row = pieces[index].result { pieces[index].outputs = try outputs(of: row) } }
    let (text, images) = try written(pieces, request)
    guard let path = request.path else {
      guard text.utf8.count <= Self.answerBytes else {
        throw PluginFailure(
          "cannot give the \(request.format.rawValue) of '\(request.document)' as text: it has \(text.utf8.count) bytes; name a 'path' to write it to",
          code: "too_large", status: .invalid)
      }
      return ["format": .string(request.format.rawValue), "results": .integer(Int64(rows.count)), "text": .string(text)]
    }
    for image in images {
      try DiskFiles.makeDirectory(Self.imageDirectory(of: path))
      try DiskFiles.write(Array(Data(base64Encoded: image.base64) ?? Data()), to: "\(Self.imageDirectory(of: path))/\(image.name)")
    }
    try DiskFiles.write(Array(text.utf8), to: path)
    return [
      "format": .string(request.format.rawValue), "results": .integer(Int64(rows.count)), "path": .string(path),
      "bytes": .integer(Int64(text.utf8.count)), "images": .integer(Int64(images.count)),
    ]
  }

  /// The document's text: as told, or as its file has it, or none.
  private func text(of request: Request) -> String? {
    if let text = request.text { return text }
    guard request.document.hasPrefix("/"), let bytes = try? DiskFiles.read(request.document, atMost: Self.documentBytes) else { return nil }
    return String(decoding: bytes, as: UTF8.self)
  }

  private func outputs(of row: ResultRow) throws -> [ExportOutput] {
    try OutputRow.list(of: row.number, tables.database).map { output in
      do { return try ExportOutput(output, tables) } catch let error as FileTrouble { return .note("[left out: \(error)]") }
    }
  }

  private func written(_ pieces: [ExportPiece], _ request: Request) throws -> (String, [MarkdownExport.Image]) {
    if let path = request.path, !path.hasPrefix("/") {
      throw PluginFailure("cannot write '\(path)': the path must be absolute", code: "bad_path", status: .invalid)
    }
    switch request.format {
    case .ipynb: return (NotebookExport.text(pieces), [])
    case .script: return (ScriptExport.text(pieces), [])
    case .markdown:
      let directory = request.images == .inline ? nil : request.path.map { Self.name(of: Self.imageDirectory(of: $0)) }
      var export = MarkdownExport(imageDirectory: directory)
      let text = export.text(pieces)
      return (text, export.images)
    }
  }

  private static func imageDirectory(of path: String) -> String {
    path.hasSuffix(".md") ? path.dropLast(3) + "_files" : path + "_files"
  }

  private static func name(of path: String) -> String { String(path.split(separator: "/").last ?? "") }
}
