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
    let row = try database.cached("INSERT INTO messages(conversation, run, role, content, model, time) VALUES (?, ?, ?, ?, ?, ?)")
    for turn in turns {
      try row.bind(1, key.conversation)
      try row.bind(2, key.run)
      try row.bind(3, turn.role)
      try row.bind(4, turn.content)
      try row.bind(5, turn.role == "assistant" ? model : nil)
      try row.bind(6, turn.time)
      try row.run()
    }
  }

  /// Forgets what is over the settings' bounds.
  ///
  /// - Parameter key: The conversation that grew; nil: only the bounds of all together count.
  func prune(_ key: ConversationKey?, _ settings: ChatSettings, now: Double) throws {
    if let key {
      let grown = try database.cached(
        """
        DELETE FROM messages WHERE run = ?1 AND conversation = ?2 AND number <= (
          SELECT number FROM messages WHERE run = ?1 AND conversation = ?2 ORDER BY number DESC LIMIT 1 OFFSET ?3)
        """)
      try grown.bind(1, key.run)
      try grown.bind(2, key.conversation)
      try grown.bind(3, Int64(settings.keptMessages))
      try grown.run()
      let many = try database.cached(
        """
        DELETE FROM messages WHERE run = ?1 AND conversation IN (
          SELECT conversation FROM messages WHERE run = ?1 GROUP BY conversation ORDER BY max(number) DESC LIMIT -1 OFFSET ?2)
        """)
      try many.bind(1, key.run)
      try many.bind(2, Int64(settings.keptConversationsOfRun))
      try many.run()
    }
    let old = try database.cached("DELETE FROM messages WHERE time < ?")
    try old.bind(1, now - settings.keptDays * 86_400)
    try old.run()
    let all = try database.cached(
      """
      DELETE FROM messages WHERE (run, conversation) IN (
        SELECT run, conversation FROM messages GROUP BY run, conversation ORDER BY max(number) DESC LIMIT -1 OFFSET ?)
      """)
    try all.bind(1, Int64(settings.keptConversations))
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
