// SPDX-License-Identifier: Apache-2.0
// What `plugins` and `plugins info` show.
package import JSON
import PluginBridge

extension PluginManager {
  /// One row a plugin, by id: id, version, state, mode, path, reason, and health and shadowed where there is something to say.
  package func rows() -> JSONValue {
    .array(entries().sorted { $0.candidate.id < $1.candidate.id }.map { .object(row($0)) })
  }

  private func row(_ entry: Entry) -> [String: JSONValue] {
    let (state, reason) = condition(entry)
    var row: [String: JSONValue] = [
      "id": .string(entry.candidate.id), "version": .string(entry.candidate.version), "state": .string(state.rawValue),
      "mode": .string(entry.candidate.mode), "path": .string(entry.candidate.path), "reason": reason.map { .string($0) } ?? .null,
    ]
    if let health = entry.slot?.instance?.health, health.level != .ok {
      row["health"] = ["level": .string(health.level.name), "message": .string(health.message)]
    }
    if let process = entry.slot?.instance?.process {
      row["pid"] = .integer(Int64(process.pid))
      row["cpuSeconds"] = .number(process.cpuSeconds)
      row["residentBytes"] = .integer(Int64(process.residentBytes))
    }
    if let panels = entry.candidate.manifest?["panels"]?.arrayValue, !panels.isEmpty { row["panels"] = .integer(Int64(panels.count)) }
    if !entry.candidate.shadowed.isEmpty { row["shadowed"] = .array(entry.candidate.shadowed.map { .string($0) }) }
    return row
  }

  private func condition(_ entry: Entry) -> (PluginState, String?) {
    if let fault = entry.fault { return (.refused, fault) }
    switch entry.candidate.verdict {
    case .disabled: return (.disabled, "switched off in the configuration; 'jackfield plugins enable \(entry.candidate.id)' switches it on")
    case .refused(let reason): return (.refused, reason)
    case .accepted: return entry.slot?.condition ?? (.disabled, "stopped")
    }
  }

  /// Everything known of one plugin; nil when there is no such plugin.
  package func information(_ id: String) -> JSONValue? {
    guard let entry = entry(id) else { return nil }
    var information = row(entry)
    information["manifest"] = entry.candidate.manifest ?? .null
    information["sha256"] = entry.candidate.sha256.map { .string($0) } ?? .null
    information["panels"] = .array(Self.panels(entry.candidate))
    guard let slot = entry.slot else { return .object(information) }
    information["backlog"] = .integer(Int64(slot.instance?.backlog ?? 0))
    information["subscriptions"] = .array(slot.subscriptionCounts.map(Self.json))
    information["crashes"] = .integer(Int64(slot.crashes))
    if let counters = slot.counters { information["counters"] = Self.json(counters) }
    if let report = slot.isolation?.terms.reports.latest(of: id) { information["lastCrash"] = report.json }
    return .object(information)
  }

  /// The panels of a plugin that may run, each with the place of its folder. Where the folder really leads is for whoever reads it to see.
  private static func panels(_ candidate: PluginCandidate) -> [JSONValue] {
    guard case .accepted = candidate.verdict, let panels = candidate.manifest?["panels"]?.arrayValue else { return [] }
    return panels.map { panel in
      var panel = panel
      panel["folder"] = .string("\(candidate.path)/\(panel["folder"]?.stringValue ?? "")")
      panel["index"] = panel["index"] ?? "index.html"
      return panel
    }
  }

  package var ids: [String] { entries().map(\.candidate.id) }

  static func json(_ subscription: (pattern: String, counts: EventSubscription.Counts)) -> JSONValue {
    [
      "topic": .string(subscription.pattern), "queued": .integer(Int64(subscription.counts.queued)),
      "capacity": .integer(Int64(subscription.counts.capacity)), "delivered": .integer(Int64(clamping: subscription.counts.delivered)),
      "dropped": .integer(Int64(clamping: subscription.counts.dropped)), "refused": .integer(Int64(clamping: subscription.counts.refused)),
    ]
  }

  private static func json(_ counters: InstanceCounters.Snapshot) -> JSONValue {
    [
      "events": .integer(Int64(clamping: counters.events)), "published": .integer(Int64(clamping: counters.published)),
      "publishRefused": .integer(Int64(clamping: counters.publishRefused)),
      "lateFinishes": .integer(Int64(clamping: counters.lateFinishes)),
      "misuse": .integer(Int64(clamping: counters.misuse)), "emitsWithoutCredit": .integer(Int64(clamping: counters.emitsWithoutCredit)),
      "logLinesDropped": .integer(Int64(clamping: counters.logLinesDropped)),
    ]
  }
}
