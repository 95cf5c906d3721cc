// SPDX-License-Identifier: Apache-2.0

internal import SQLite

/// What was said, in the database. A conversation belongs to one run: two runs may use the same name for different ones.
struct ConversationBook {
  let database: Database

  /// The latest turns, oldest first.
  func turns(_ key: ConversationKey, limit: Int) throws -> [ChatTurn] {
    let rows = try database.cached(
      "SELECT role, content, time FROM messages WHERE run = ? AND conversation = ? ORDER BY number DESC LIMIT ?")
    try rows.bind(1, key.run)
    try rows.bind(2, key.conversation)
    try rows.bind(3, Int64(limit))
    var turns: [ChatTurn] = []
    try rows.forEachRow { turns.append(ChatTurn(role: $0.text(0) ?? "", content: $0.text(1) ?? "", time: $0.double(2) ?? 0)) }
    return turns.reversed()
  }

  /// The conversation in which a run spoke last.
  func latest(of run: String) throws -> String? {
    let row = try database.cached("SELECT conversation FROM messages WHERE run = ? ORDER BY number DESC LIMIT 1")
    try row.bind(1, run)
    defer { row.reset() }
    return try row.step() ? row.text(0) : nil
  }

  /// Whether a session is that of the run.
  func isSession(_ session: String, of run: String) throws -> Bool {
    let row = try database.cached("SELECT 1 FROM runs WHERE id = ? AND session = ?")
    try row.bind(1, run)
    try row.bind(2, session)
    defer { row.reset() }
    return try row.step()
  }

  func add(_ turns: [ChatTurn], to key: ConversationKey, model: String?) throws {
    let row = try database.cached("INSERT INTO messages(conversation, run, role, content, model, time, size) VALUES (?, ?, ?, ?, ?, ?, ?)")
    for turn in turns {
      try row.bind(1, key.conversation)
      try row.bind(2, key.run)
      try row.bind(3, turn.role)
      try row.bind(4, turn.content)
      try row.bind(5, turn.role == "assistant" ? model : nil)
      try row.bind(6, turn.time)
      try row.bind(7, Int64(turn.content.utf8.count))
      try row.run()
    }
  }

  func isEmpty(_ key: ConversationKey) throws -> Bool { try turns(key, limit: 1).isEmpty }

  /// Forgets the beginning of a conversation that grew over its bounds.
  func prune(_ key: ConversationKey, _ settings: ChatSettings) throws {
    let row = try database.cached(
      """
      DELETE FROM messages WHERE number IN (SELECT number FROM (
        SELECT number, row_number() OVER latest AS place, sum(size) OVER latest AS bytes FROM messages
        WHERE run = ? AND conversation = ? WINDOW latest AS (ORDER BY number DESC)) WHERE place > ? OR bytes > ?)
      """)
    try row.bind(1, key.run)
    try row.bind(2, key.conversation)
    try row.bind(3, Int64(settings.keptMessages))
    try row.bind(4, Int64(settings.keptConversationBytes))
    try row.run()
  }

  /// Forgets the conversations of a run that are over its bounds, those used longest ago.
  func prune(run: String, _ settings: ChatSettings) throws {
    let row = try database.cached(
      """
      DELETE FROM messages WHERE run = ?1 AND conversation IN (
        SELECT conversation FROM messages WHERE run = ?1 GROUP BY conversation ORDER BY max(number) DESC LIMIT -1 OFFSET ?2)
      """)
    try row.bind(1, run)
    try row.bind(2, Int64(settings.keptConversationsOfRun))
    try row.run()
  }

  /// Forgets what is too old, and whole conversations over the bounds of all, those used longest ago.
  func pruneAll(_ settings: ChatSettings, now: Double) throws {
    let old = try database.cached("DELETE FROM messages WHERE time < ?")
    try old.bind(1, now - settings.keptDays * 86_400)
    try old.run()
    let all = try database.cached(
      """
      DELETE FROM messages WHERE (run, conversation) IN (SELECT run, conversation FROM (
        SELECT run, conversation, row_number() OVER latest AS place, sum(size) OVER latest AS bytes FROM (
          SELECT run, conversation, max(number) AS number, sum(size) AS size FROM messages GROUP BY run, conversation)
        WINDOW latest AS (ORDER BY number DESC)) WHERE place > ? OR bytes > ?)
      """)
    try all.bind(1, Int64(settings.keptConversations))
    try all.bind(2, Int64(settings.keptBytes))
    try all.run()
  }

  /// The one that was used last first.
  func list(run: String?, limit: Int) throws -> [ConversationSummary] {
    let rows = try database.cached(
      """
      SELECT run, conversation, count(*), min(time), max(time) FROM messages WHERE ?1 IS NULL OR run = ?1
      GROUP BY run, conversation ORDER BY max(number) DESC LIMIT ?2
      """)
    try rows.bind(1, run)
    try rows.bind(2, Int64(limit))
    var found: [ConversationSummary] = []
    try rows.forEachRow { row in
      found.append(
        ConversationSummary(
          key: ConversationKey(run: row.text(0) ?? "", conversation: row.text(1) ?? ""), messages: Int(row.presentInteger(2)),
          began: row.presentDouble(3), latest: row.presentDouble(4)))
    }
    return found
  }
}
