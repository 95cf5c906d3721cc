// SPDX-License-Identifier: Apache-2.0

internal import JSON
internal import PluginSDK
internal import SQLite

/// The commands `results.*`.
struct ResultCommands: Sendable {
  struct Edit: Decodable, Sendable {
    var document: String
    var changes: [LineEdit]
    var text: String?
  }

  struct Sync: Decodable, Sendable {
    var document: String
    var text: String?
    var path: String?
  }

  struct Rename: Decodable, Sendable {
    var from: String
    var to: String
  }

  struct Clear: Decodable, Sendable {
    var id: String?
    var document: String?
    var kernel: String?
    var all: Bool?
    var pinned: Bool?
  }

  struct Pin: Decodable, Sendable {
    var id: String
    var pinned: Bool?
  }

  private static let documentBytes = 64 << 20

  let service: ResultService
  /// Watches of a document move with it.
  var renamed: @Sendable (_ old: String, _ new: String) async throws -> Void = { _, _ in }

  var all: [Command] {
    [
      command("results.list") { (input: ResultRequest) in try await service.perform { keeper in try keeper.read { try $0.list(input) } } },
      command("results.get") { (input: ResultRequest) in try await service.perform { keeper in try keeper.read { try $0.get(input) } } },
      command("results.edit") { (input: Edit) in try await edit(input) },
      command("results.sync") { (input: Sync) in try await sync(input) },
      command("results.rename") { (input: Rename) in
        let count = try await service.change { try AnchorChanges(tables: $0).rename(input.from, to: input.to) }
        try await renamed(input.from, input.to)
        return ["results": .integer(Int64(count))]
      },
      command("results.clear") { (input: Clear) in try await clear(input) },
      command("results.pin") { (input: Pin) in try await pin(input) },
      command("results.export") { (input: ResultExport.Request) in
        try await service.perform { keeper in try keeper.read { try ResultExport(tables: $0.tables).run(input) } }
      },
    ]
  }

  private func command<Input: Decodable & Sendable & SendableMetatype>(
    _ name: String, _ body: @escaping @Sendable (Input) async throws -> JSONValue
  ) -> Command {
    .bytes(name) { payload, _ in Payload(bytes: try await body(try payload.decode()).bytes()) }
  }

  func edit(_ input: Edit) async throws -> JSONValue {
    try await service.change { tables in
      let anchors = AnchorChanges(tables: tables)
      try anchors.edit(input.document, input.changes)
      if let text = input.text { try anchors.sync(input.document, text: text) }
      return try ResultReader(tables: tables).anchors(of: input.document)
    }
  }

  func sync(_ input: Sync) async throws -> JSONValue {
    try await service.change { tables in
      let text: String
      if let given = input.text {
        text = given
      } else {
        text = String(decoding: try DiskFiles.read(input.path ?? input.document, atMost: Self.documentBytes), as: UTF8.self)
      }
      try AnchorChanges(tables: tables).sync(input.document, text: text)
      return try ResultReader(tables: tables).anchors(of: input.document)
    }
  }

  func clear(_ input: Clear) async throws -> JSONValue {
    guard [input.id != nil, input.document != nil, input.kernel != nil, input.all == true].count(where: \.self) == 1 else {
      throw PluginFailure(
        "cannot clear results: name one of 'id', 'document' and 'kernel', or say 'all': true", code: "bad_request", status: .invalid)
    }
    return try await service.perform { keeper in
      let removed = try keeper.change { tables in
        let rows = try ResultRow.list(
          "(?1 IS NULL OR id = ?1) AND (?2 IS NULL OR document = ?2) AND (?3 IS NULL OR kernel = ?3) AND (?4 OR pinned = 0)",
          tables.database
        ) {
          try $0.bind(1, input.id)
          try $0.bind(2, input.document)
          try $0.bind(3, input.kernel)
          // What is named by its id is meant.
          try $0.bind(4, Int64(input.pinned == true || input.id != nil ? 1 : 0))
        }
        for row in rows { try tables.remove(row, because: "cleared") }
        return rows.map(\.id)
      }
      keeper.forget(removed)
      return ["cleared": .integer(Int64(removed.count))]
    }
  }

  func pin(_ input: Pin) async throws -> JSONValue {
    try await service.change { tables in
      guard try ResultRow.find(input.id, tables.database) != nil else { throw ResultReader.notFound(input.id) }
      try tables.touch(input.id, "pinned = ?2") { try $0.bind(2, Int64(input.pinned ?? true ? 1 : 0)) }
      return ["id": .string(input.id), "pinned": .bool(input.pinned ?? true)]
    }
  }
}
