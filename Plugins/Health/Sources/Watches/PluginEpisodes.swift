// SPDX-License-Identifier: Apache-2.0

internal import JSON

/// The troubles of plugins that have begun and not ended, each once.
struct PluginEpisodes: Sendable {
  private var open: [String: AlertRow] = [:]
  /// In trouble at the last look, for the first time.
  private var suspects: Set<String> = []

  init(_ left: [AlertRow]) {
    for row in left { if let plugin = row.plugin { open[plugin] = row } }
  }

  /// - Parameter plugins: As `host.plugins` tells of them.
  /// - Returns: The episodes that begin or end with this look.
  mutating func look(_ plugins: [JSONValue], at time: Double) -> [AlertRow] {
    var troubles: [String: Judgement] = [:]
    for plugin in plugins { if let id = plugin["id"]?.stringValue { troubles[id] = PluginItems.trouble(plugin) } }
    let ended = open.keys.filter { troubles[$0] == nil }.sorted().compactMap { end($0, at: time) }
    let began = troubles.keys.filter { open[$0] == nil && suspects.contains($0) }.sorted().map { begin($0, troubles[$0], at: time) }
    suspects = Set(troubles.keys)
    return ended + began
  }

  private mutating func begin(_ plugin: String, _ judgement: Judgement?, at time: Double) -> AlertRow {
    var row = AlertRow(
      key: "plugin/\(plugin)/\(AlertKind.pluginTrouble.rawValue)/\(Int(time * 1000))", run: "", session: "", kind: .pluginTrouble,
      sentence: judgement?.sentence ?? "", step: nil, began: time)
    row.plugin = plugin
    row.severity = judgement?.verdict == .failed ? "error" : "warning"
    open[plugin] = row
    return row
  }

  private mutating func end(_ plugin: String, at time: Double) -> AlertRow? {
    guard var row = open.removeValue(forKey: plugin) else { return nil }
    row.ended = time
    row.sentence += " It is over."
    return row
  }
}
