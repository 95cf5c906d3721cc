// SPDX-License-Identifier: Apache-2.0

internal import JSON
internal import PluginSDK

/// The latest result of each check of a run, against the one before.
struct HealthReport: Sendable {
  private let neighbours: Neighbours
  private let run: String

  init(_ run: String, _ neighbours: Neighbours) {
    self.run = run
    self.neighbours = neighbours
  }

  func answer() async throws -> JSONValue {
    var checks: [JSONValue] = []
    var verdicts: [Verdict] = []
    for kind in CheckKind.allCases {
      let found = try await neighbours.call("runs.health", ["run": .string(run), "check": .string(kind.rawValue), "limit": 2])
      let rows = found["results"]?.arrayValue ?? []
      if let verdict = Self.verdict(rows.first) { verdicts.append(verdict) }
      checks.append(Self.entry(kind, rows))
    }
    return [
      "run": .string(run), "verdict": verdicts.max().map { .string($0.rawValue) } ?? .null, "checks": .array(checks),
      "sentence": .string(Self.sentence(verdicts)),
    ]
  }

  private static func sentence(_ verdicts: [Verdict]) -> String {
    guard let worst = verdicts.max() else { return "No check of this run was ever made; 'health.run' makes them." }
    let missing = CheckKind.allCases.count - verdicts.count
    let never = missing > 0 ? "; \(counted(missing, "check")) \(missing == 1 ? "was" : "were") never made" : ""
    guard worst != .ok else { return "All is well in \(counted(verdicts.count, "check"))\(never)." }
    return "\(counted(verdicts.filter { $0 != .ok }.count, "check")) of \(verdicts.count) found something\(never)."
  }

  static func entry(_ kind: CheckKind, _ rows: [JSONValue]) -> JSONValue {
    var entry: [String: JSONValue] = ["check": .string(kind.rawValue), "latest": rows.first ?? .null]
    guard rows.count > 1 else { return .object(entry) }
    let changes = changes(from: rows[1], to: rows[0])
    entry["before"] = rows[1]
    entry["trend"] = .string(trend(kind, from: rows[1], to: rows[0]))
    entry["changed"] = .object(changes)
    return .object(entry)
  }

  private static func verdict(_ row: JSONValue?) -> Verdict? { (row?["verdict"]?.stringValue).flatMap(Verdict.init) }

  /// better, same or worse: by verdict, and for throughput, where the verdicts agree, by the time a sample takes.
  private static func trend(_ kind: CheckKind, from before: JSONValue, to now: JSONValue) -> String {
    let (old, new) = (verdict(before) ?? .error, verdict(now) ?? .error)
    if old != new { return new < old ? "better" : "worse" }
    guard kind == .throughput, let then = before["fields"]?[ThroughputResult.measure]?.doubleValue,
      let today = now["fields"]?[ThroughputResult.measure]?.doubleValue, then > 0
    else { return "same" }
    let change = today / then - 1
    return change.magnitude < 0.1 ? "same" : change < 0 ? "better" : "worse"
  }

  /// The fields that are not as they were, with both values.
  private static func changes(from before: JSONValue, to now: JSONValue) -> [String: JSONValue] {
    let (old, new) = (before["fields"]?.objectValue ?? [:], now["fields"]?.objectValue ?? [:])
    var changes: [String: JSONValue] = [:]
    for name in Set(old.keys).union(new.keys) where old[name] != new[name] {
      changes[name] = ["before": old[name] ?? .null, "now": new[name] ?? .null]
    }
    return changes
  }
}
