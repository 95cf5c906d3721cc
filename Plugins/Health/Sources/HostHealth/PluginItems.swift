// SPDX-License-Identifier: Apache-2.0

internal import JSON

/// What `host.plugins` tells, judged: each plugin, and each queue.
enum PluginItems {
  static func items(_ answer: JSONValue, _ limits: HostThresholds) -> [HostItem] {
    let rows = answer["plugins"]?.arrayValue ?? []
    return rows.map(plugin) + [queues(rows, limits)]
  }

  private static func plugin(_ row: JSONValue) -> HostItem {
    let id = row["id"]?.stringValue ?? "?"
    var fields: [String: JSONValue] = [:]
    for name in ["state", "version", "mode", "crashes", "calls", "failures", "openCalls"] { fields[name] = row[name] }
    return HostItem(item: "plugin \(id.shown)", judgement: judge(row, id.shown), fields: fields)
  }

  /// What is wrong with a plugin now, by the host's word or its own; nil when nothing is.
  static func trouble(_ row: JSONValue) -> Judgement? {
    let state = row["state"]?.stringValue ?? ""
    guard ["failed", "quarantined", "refused"].contains(state) || row["health"] != nil else { return nil }
    let judgement = judge(row, (row["id"]?.stringValue ?? "?").shown)
    return judgement.verdict == .ok ? nil : judgement
  }

  private static func judge(_ row: JSONValue, _ id: String) -> Judgement {
    let state = row["state"]?.stringValue ?? "unknown"
    let reason = (row["reason"]?.stringValue).map { ": \($0.shown(300))" } ?? ""
    switch state {
    case "failed", "quarantined", "refused": return Judgement(.failed, "Plugin '\(id)' is \(state)\(reason).")
    case "restarting": return Judgement(.warning, "Plugin '\(id)' is being started again\(reason).")
    case "disabled": return Judgement(.ok, "Plugin '\(id)' is switched off.")
    default: break
    }
    if let health = row["health"] { return ownWord(health, id) }
    let crashes = row["crashes"]?.intValue ?? 0
    if crashes > 0 {
      return Judgement(
        .warning,
        "Plugin '\(id)' runs, but has crashed \(counted(crashes, "time")) since the host started; see 'jackfield plugins info \(id)'.")
    }
    return Judgement(.ok, state == "active" ? "Plugin '\(id)' runs." : "Plugin '\(id)' is ready and starts when it is needed.")
  }

  private static func ownWord(_ health: JSONValue, _ id: String) -> Judgement {
    let failing = health["level"]?.stringValue == "failing"
    return Judgement(
      failing ? .failed : .warning, "Plugin '\(id)' says of itself: \((health["message"]?.stringValue ?? "no reason").shown(400)).")
  }

  private struct Queue {
    var name: String
    var queued: Int
    var capacity: Int
    var dropped: Int
  }

  private static func queues(_ rows: [JSONValue], _ limits: HostThresholds) -> HostItem {
    let queues = rows.flatMap { row in (row["subscriptions"]?.arrayValue ?? []).map { queue($0, of: row) } }
    let (dropping, full) = (queues.filter { $0.dropped > 0 }, queues.filter { Double($0.queued) > limits.queueShare * Double($0.capacity) })
    var item = HostItem(item: "queues", judgement: Judgement(.ok, "Nothing was dropped, and no queue of \(queues.count) is filling up."))
    item.fields = [
      "queued": .integer(Int64(queues.map(\.queued).reduce(0, +))), "dropped": .integer(Int64(queues.map(\.dropped).reduce(0, +))),
      "queues": .integer(Int64(queues.count)),
    ]
    if let worst = dropping.max(by: { $0.dropped < $1.dropped }) {
      item.judgement = Judgement(
        .warning, "\(worst.name) has lost \(counted(worst.dropped, "event")): it reads more slowly than they come.")
    } else if let worst = full.max(by: { $0.queued < $1.queued }) {
      item.judgement = Judgement(.warning, "\(worst.name) has \(worst.queued) of at most \(worst.capacity) events waiting.")
    }
    return item
  }

  private static func queue(_ row: JSONValue, of plugin: JSONValue) -> Queue {
    let name = "The queue of plugin '\((plugin["id"]?.stringValue ?? "?").shown)' for '\((row["topic"]?.stringValue ?? "?").shown)'"
    return Queue(
      name: name, queued: row["queued"]?.intValue ?? 0, capacity: row["capacity"]?.intValue ?? .max, dropped: row["dropped"]?.intValue ?? 0)
  }
}
