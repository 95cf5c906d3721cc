// SPDX-License-Identifier: Apache-2.0

/// The episodes that have begun and not ended, each once.
struct OpenEpisodes: Sendable {
  private struct Place: Hashable {
    var session: String
    var run: String
    var kind: AlertKind
  }

  private var rows: [Place: AlertRow] = [:]

  /// Goes on with an episode of an earlier life.
  mutating func adopt(_ row: AlertRow) { rows[Place(session: row.session, run: row.run, kind: row.kind)] = row }

  /// - Returns: What is to be told, or nil when nothing is new.
  mutating func take(_ alert: Watches.Alert, at time: Double) -> AlertRow? {
    let place = Place(session: alert.session, run: alert.run, kind: alert.news.kind)
    switch alert.news.change {
    case .began(let sentence, let numbers):
      guard rows[place] == nil else { return nil }
      let row = AlertRow(
        key: AlertRow.key(run: alert.run, session: alert.session, kind: alert.news.kind, step: alert.news.step), run: alert.run,
        session: alert.session, kind: alert.news.kind, sentence: sentence, step: alert.news.step, began: time, numbers: numbers)
      rows[place] = row
      return row
    case .ended(let sentence):
      guard var row = rows.removeValue(forKey: place) else { return nil }
      row.ended = time
      row.sentence += " \(sentence)"
      return row
    }
  }
}
