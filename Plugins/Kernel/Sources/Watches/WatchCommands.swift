// SPDX-License-Identifier: Apache-2.0

internal import JSON
internal import PluginSDK

/// The commands `watch.*`. What they are about is always said: nothing touches another file's watches unasked.
struct WatchCommands: Sendable {
  private struct Add: Decodable, Sendable {
    var document: String?
    var kernel: String?
    var expression: String
    var limit_ms: Int64?
  }

  struct Selection: Decodable, Sendable {
    var id: String?
    var document: String?
    var kernel: String?
    var all: Bool?
  }

  private struct History: Decodable, Sendable {
    var id: String
    var limit: Int?
  }

  let service: WatchService

  var all: [Command] {
    [
      command("watch.add") { (input: Add) in try await add(input) },
      command("watch.list") { (input: Selection) in
        let scope = try scope(input.document, input.kernel, "list watches")
        return ["watches": .array(await service.list(scope))]
      },
      command("watch.remove") { (input: Selection) in
        guard let id = input.id else { throw Self.refused("remove a watch", "name its 'id'; watch.clear removes more than one") }
        return try await service.remove(id)
      },
      command("watch.refresh") { (input: Selection) in
        try Self.requireOne(input, "refresh watches", mayNameOne: true)
        let scope = try scope(input.document, input.kernel, "refresh watches")
        return ["watches": .array(try await service.refresh(id: input.id, scope))]
      },
      command("watch.clear") { (input: Selection) in
        try Self.requireOne(input, "clear watches", mayNameOne: false)
        return try await service.clear(try scope(input.document, input.kernel, "clear watches"))
      },
      command("watch.history") { (input: History) in
        try await service.history(input.id, limit: min(max(1, input.limit ?? 100), Int(WatchStorage.mostValues)))
      },
    ]
  }

  private func command<Input: Decodable & Sendable & SendableMetatype>(
    _ name: String, _ body: @escaping @Sendable (Input) async throws -> JSONValue
  ) -> Command {
    .bytes(name) { payload, _ in Payload(bytes: try await body(try payload.decode()).bytes()) }
  }

  private func add(_ input: Add) async throws -> JSONValue {
    guard let scope = try scope(input.document, input.kernel, "add a watch") else {
      throw Self.refused("add a watch", "name the 'document' or the 'kernel' it is of")
    }
    guard input.expression.utf8.contains(where: { $0 > 0x20 }), input.expression.utf8.count <= 64 << 10 else {
      throw Self.refused("add a watch", "the expression must have 1 to 65536 bytes and something in it")
    }
    return try await service.add(scope, input.expression, limit: .milliseconds(min(max(10, input.limit_ms ?? 1_000), 600_000)))
  }

  private func scope(_ document: String?, _ kernel: String?, _ what: String) throws -> Watch.Scope? {
    switch (document, kernel) {
    case (let document?, nil): .document(document)
    case (nil, let kernel?): .kernel(kernel)
    case (nil, nil): nil
    case (_?, _?): throw Self.refused(what, "name a 'document' or a 'kernel', not both")
    }
  }

  static func requireOne(_ input: Selection, _ what: String, mayNameOne: Bool) throws {
    let named = [mayNameOne && input.id != nil, input.document != nil, input.kernel != nil, input.all == true].count(where: \.self)
    guard named == 1 else {
      throw Self.refused(what, "say which: \(mayNameOne ? "'id', " : "")'document', 'kernel', or 'all': true")
    }
  }

  private static func refused(_ what: String, _ why: String) -> PluginFailure {
    PluginFailure("cannot \(what): \(why)", code: "bad_request", status: .invalid)
  }
}
