// SPDX-License-Identifier: Apache-2.0

internal import JSON
internal import SQLite

/// `runs.lineage`: how runs come from one another, and what each fork and merge brought.
enum Lineage {
  struct Input: Decodable, Sendable {
    var run: String?
    var runs: [String]?
    var direction: Direction?
    var project: String?
    var archived: Bool?
    var limit: Int?
  }

  /// Which relatives of the runs are wanted.
  enum Direction: String, Decodable, Sendable {
    case ancestors, descendants, both
  }

  static func answer(_ input: Input, _ database: Database) throws -> JSONValue {
    let limit = min(max(input.limit ?? 1_000, 1), 10_000)
    let named = try ((input.run.map { [$0] } ?? []) + (input.runs ?? [])).map { try RunFinder.run($0, database) }
    var ids =
      named.isEmpty
      ? try all(input, limit + 1, database) : try relatives(of: named, input.direction ?? .both, limit + 1, database)
    let hasMore = ids.count > limit
    ids = Array(ids.prefix(limit))
    let shown = Set(ids)
    let parents = try parents(of: shown, database)
    let places = places(of: shown, parents)
    var nodes: [JSONValue] = []
    var edges: [JSONValue] = []
    for id in ids {
      guard let node = try LineageNode.read(id, at: places[id], database) else { continue }
      nodes.append(node.value)
      let all = parents[id] ?? []
      for parent in all where shown.contains(parent) {
        edges.append(try LineageEdge.value(from: parent, to: node, parents: all.count, database))
      }
    }
    return ["nodes": .array(nodes), "edges": .array(edges), "more": .bool(hasMore)]
  }

  /// The parents of each run, also those that are not shown.
  private static func parents(of runs: Set<Int64>, _ database: Database) throws -> [Int64: [Int64]] {
    var parents: [Int64: [Int64]] = [:]
    for run in runs {
      parents[run] = try database.rows("SELECT parent FROM run_edges WHERE child = ?1 ORDER BY parent", [.integer(run)]) {
        $0.integer(0) ?? 0
      }
    }
    return parents
  }

  /// Where each run is drawn. They were numbered as they came, so the places do not depend on what was asked for first.
  private static func places(of runs: Set<Int64>, _ parents: [Int64: [Int64]]) -> [Int64: LineagePlaces.Place] {
    let oldestFirst = runs.sorted()
    let numbers = Dictionary(uniqueKeysWithValues: zip(oldestFirst, oldestFirst.indices))
    let places = LineagePlaces.places(parents: oldestFirst.map { (parents[$0] ?? []).compactMap { numbers[$0] } })
    return Dictionary(uniqueKeysWithValues: zip(oldestFirst, places))
  }

  private static func all(_ input: Input, _ limit: Int, _ database: Database) throws -> [Int64] {
    try database.rows(
      """
      SELECT id FROM runs WHERE (?1 IS NULL OR project = ?1) AND (?2 OR archived IS NULL)
      ORDER BY started NULLS FIRST, id LIMIT \(limit)
      """, [SQLParameter(input.project), .integer(input.archived == true ? 1 : 0)]
    ) { $0.integer(0) ?? 0 }
  }

  /// The runs themselves first, then the others, the nearest first. Each is met once, so a circle ends.
  private static func relatives(of runs: [Int64], _ direction: Direction, _ limit: Int, _ database: Database) throws -> [Int64] {
    var found = runs
    var known = Set(runs)
    for (wanted, step) in [
      (Direction.ancestors, "SELECT parent FROM run_edges WHERE child = ?1"),
      (Direction.descendants, "SELECT child FROM run_edges WHERE parent = ?1"),
    ] where direction == wanted || direction == .both {
      var next = 0
      var queue = runs
      var seen = Set(runs)
      while next < queue.count, found.count < limit {
        for id in try database.rows("\(step) ORDER BY 1", [.integer(queue[next])], { $0.integer(0) ?? 0 }) where seen.insert(id).inserted {
          queue.append(id)
          if known.insert(id).inserted { found.append(id) }
        }
        next += 1
      }
    }
    return found
  }
}
