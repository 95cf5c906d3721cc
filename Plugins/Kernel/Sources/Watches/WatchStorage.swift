// SPDX-License-Identifier: Apache-2.0

internal import JSON
internal import PluginSDK
internal import SQLite

/// Keeps watches and their values beside the results.
struct WatchStorage: Sendable {
  /// Values kept of a watch.
  static let mostValues: Int64 = 1_000

  let results: ResultService

  func load() async throws -> [Watch] {
    try await results.perform { keeper in
      var watches: [Watch] = []
      try keeper.database.cached(
        """
        SELECT id, scope, target, expression, limit_ms, added, last, (SELECT ifnull(max(sequence) + 1, 0) FROM watch_values v WHERE v.watch = watches.number)
        FROM watches ORDER BY number
        """
      ).forEachRow { watches.append(Self.watch($0)) }
      return watches
    }
  }

  private static func watch(_ row: Statement) -> Watch {
    let target = row.text(2) ?? ""
    var watch = Watch(
      id: row.text(0) ?? "", scope: row.text(1) == "kernel" ? .kernel(target) : .document(target), expression: row.text(3) ?? "",
      limit: .milliseconds(row.presentInteger(4)), added: row.presentDouble(5))
    watch.last = row.text(6).flatMap { try? JSONValue(parsing: $0) }.flatMap { WatchValue(json: $0) }
    watch.nextSequence = row.presentInteger(7)
    return watch
  }

  func add(_ watch: Watch) async throws {
    try await results.change { tables in
      let insert = try tables.database.cached(
        "INSERT OR IGNORE INTO watches(id, scope, target, expression, limit_ms, added) VALUES (?1, ?2, ?3, ?4, ?5, ?6)")
      try insert.bind(1, watch.id)
      try insert.bind(2, watch.scope.kind)
      try insert.bind(3, watch.scope.target)
      try insert.bind(4, watch.expression)
      try insert.bind(5, Int64(watch.limit.components.seconds * 1_000 + watch.limit.components.attoseconds / 1_000_000_000_000_000))
      try insert.bind(6, watch.added)
      try insert.run()
    }
  }

  func remove(_ ids: [String]) async throws {
    try await results.change { tables in
      for id in ids {
        for text in [
          "DELETE FROM watch_values WHERE watch = (SELECT number FROM watches WHERE id = ?1)", "DELETE FROM watches WHERE id = ?1",
        ] {
          let delete = try tables.database.cached(text)
          try delete.bind(1, id)
          try delete.run()
        }
      }
    }
  }

  /// Keeps values that were just taken.
  func save(_ values: [(watch: Watch, sequence: Int64, value: WatchValue)]) async throws {
    try await results.change { tables in
      for (watch, sequence, value) in values {
        try Self.run(
          "INSERT OR REPLACE INTO watch_values SELECT number, ?2, ?3, ?4, ?5, ?6 FROM watches WHERE id = ?1", tables.database
        ) {
          try $0.bind(1, watch.id)
          try $0.bind(2, sequence)
          try $0.bind(3, value.time)
          try $0.bind(4, value.status.rawValue)
          try $0.bind(5, value.shortText)
          try $0.bind(6, value.number)
        }
        try Self.run(
          "DELETE FROM watch_values WHERE watch = (SELECT number FROM watches WHERE id = ?1) AND sequence <= ?2", tables.database
        ) {
          try $0.bind(1, watch.id)
          try $0.bind(2, sequence - Self.mostValues)
        }
        try Self.run("UPDATE watches SET last = ?2 WHERE id = ?1", tables.database) {
          try $0.bind(1, watch.id)
          try $0.bind(2, value.json.serialized())
        }
      }
    }
  }

  /// The latest values, the oldest of them first.
  func history(_ id: String, limit: Int) async throws -> [JSONValue] {
    try await results.perform { keeper in
      let list = try keeper.database.cached(
        """
        SELECT time, status, text, number FROM watch_values WHERE watch = (SELECT number FROM watches WHERE id = ?1)
        ORDER BY sequence DESC LIMIT ?2
        """)
      try list.bind(1, id)
      try list.bind(2, Int64(limit))
      var values: [JSONValue] = []
      try list.forEachRow { row in
        var value: JSONValue = [
          "time": .number(row.presentDouble(0)), "status": .string(row.text(1) ?? ""), "text": .string(row.text(2) ?? ""),
        ]
        if let number = row.double(3) { value["number"] = .number(number) }
        values.append(value)
      }
      return values.reversed()
    }
  }

  func rename(_ watch: Watch) async throws {
    try await results.change { tables in
      try Self.run("UPDATE watches SET target = ?2 WHERE id = ?1", tables.database) {
        try $0.bind(1, watch.id)
        try $0.bind(2, watch.scope.target)
      }
    }
  }

  private static func run(_ text: String, _ database: Database, _ bind: (Statement) throws -> Void) throws {
    let statement = try database.cached(text)
    try bind(statement)
    try statement.run()
  }
}
