// SPDX-License-Identifier: Apache-2.0

internal import JSON
internal import Processes
internal import SQLite

/// The runs in the bridge's database.
enum RunTable {
  /// A run as it is kept, with the digest of its token while that is valid.
  struct Row: Sendable {
    var run: Run
    var digest: [UInt8]?
  }

  private static let columns =
    "id, name, session, token_hash, workspace, cwd, command, scopes, address, kind, output, pid, pid_began, started, ended, status, signal, reason"

  static func insert(_ row: Row, into database: Database) throws {
    let insert = try database.cached("INSERT INTO runs(\(columns)) VALUES (?\(String(repeating: ", ?", count: 17)))")
    let run = row.run
    try insert.bind(1, run.id)
    try insert.bind(2, run.name)
    try insert.bind(3, run.session)
    if let digest = row.digest { try insert.bind(4, blob: digest) } else { try insert.bindNull(4) }
    try insert.bind(5, run.workspace)
    try insert.bind(6, run.directory)
    try insert.bind(7, JSONValue.array(run.command.map { .string($0) }).serialized())
    try insert.bind(8, Self.text(of: run.scopes))
    try insert.bind(9, run.address)
    try insert.bind(10, run.kind.rawValue)
    try insert.bind(11, run.output)
    try insert.bind(12, run.process.map { Int64($0.pid) })
    try insert.bind(13, run.process.map { Int64(bitPattern: $0.began) })
    try insert.bind(14, run.started)
    try bindEnd(run, to: insert, from: 15)
    try insert.run()
  }

  /// Writes what changes in a run's life.
  static func update(_ row: Row, in database: Database) throws {
    let update = try database.cached(
      "UPDATE runs SET pid = ?, pid_began = ?, ended = ?, status = ?, signal = ?, reason = ?, token_hash = ? WHERE id = ?")
    try update.bind(1, row.run.process.map { Int64($0.pid) })
    try update.bind(2, row.run.process.map { Int64(bitPattern: $0.began) })
    try bindEnd(row.run, to: update, from: 3)
    if let digest = row.digest { try update.bind(7, blob: digest) } else { try update.bindNull(7) }
    try update.bind(8, row.run.id)
    try update.run()
  }

  /// Forgets runs for good.
  static func remove(_ ids: [String], from database: Database) throws {
    let remove = try database.cached("DELETE FROM runs WHERE id = ?")
    for id in ids {
      try remove.bind(1, id)
      try remove.run()
    }
  }

  /// All that are kept, oldest first.
  static func all(in database: Database) throws -> [Row] {
    let select = try database.prepare("SELECT \(columns) FROM runs ORDER BY number")
    var rows: [Row] = []
    try select.forEachRow { if let row = row($0) { rows.append(row) } }
    return rows
  }

  private static func bindEnd(_ run: Run, to statement: Statement, from first: Int32) throws {
    try statement.bind(first, run.ended)
    switch run.ending {
    case .exited(let status):
      try statement.bind(first + 1, Int64(status))
      try statement.bindNull(first + 2)
    case .signalled(let signal):
      try statement.bindNull(first + 1)
      try statement.bind(first + 2, Int64(signal))
    case .unknown, nil:
      try statement.bindNull(first + 1)
      try statement.bindNull(first + 2)
    }
    try statement.bind(first + 3, run.reason)
  }

  private static func row(_ select: Statement) -> Row? {
    guard let id = select.text(0), let name = select.text(1), let session = select.text(2),
      let command = select.text(6).flatMap({ try? JSONValue(parsing: $0) })?.arrayValue?.compactMap(\.stringValue),
      let kind = select.text(9).flatMap(Run.Kind.init), let started = select.double(13)
    else { return nil }
    var run = Run(id: id, name: name, session: session, kind: kind, command: command, started: started)
    run.workspace = select.text(4)
    run.directory = select.text(5)
    run.scopes = scopes(select.text(7))
    run.address = select.text(8)
    run.output = select.text(10)
    if let pid = select.integer(11).flatMap({ Int32(exactly: $0) }), let began = select.integer(12) {
      run.process = ProcessIdentity(pid: pid, began: UInt64(bitPattern: began))
    }
    run.ended = select.double(14)
    run.reason = select.text(17)
    run.state = run.ended != nil ? .ended : run.process == nil ? .opened : .running
    if let status = select.integer(15) { run.ending = .exited(Int32(truncatingIfNeeded: status)) }
    if let signal = select.integer(16) { run.ending = .signalled(Int32(truncatingIfNeeded: signal)) }
    if run.ended != nil, run.ending == nil { run.ending = .unknown }
    return Row(run: run, digest: select.blob(3))
  }

  private static func text(of scopes: RunScopes) -> String {
    JSONValue.object([
      "requests": .array(scopes.requests.map { .string($0) }), "commands": .array(scopes.commands.map { .string($0) }),
    ]).serialized()
  }

  /// Nothing is allowed by what cannot be read.
  private static func scopes(_ text: String?) -> RunScopes {
    let value = text.flatMap { try? JSONValue(parsing: $0) }
    let patterns = { (name: String) in value?[name]?.arrayValue?.compactMap(\.stringValue) ?? [] }
    return RunScopes(requests: patterns("requests"), commands: patterns("commands"))
  }
}
