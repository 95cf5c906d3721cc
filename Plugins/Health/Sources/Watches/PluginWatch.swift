// SPDX-License-Identifier: Apache-2.0

internal import JSON
internal import PluginSDK

/// Looks now and then at how the plugins are, and makes episodes of their troubles: a full disk that keeps the store from writing, say.
///
/// A trouble counts when two looks in a row see it, so that a moment's congestion is told to nobody.
final class PluginWatch: Sendable {
  private let settings: WatchSettings.Plugins
  private let neighbours: Neighbours
  private let desk: AlertDesk

  init(_ settings: WatchSettings.Plugins, _ neighbours: Neighbours, _ desk: AlertDesk) {
    self.settings = settings
    self.neighbours = neighbours
    self.desk = desk
  }

  /// Works until the plugin stops.
  ///
  /// - Parameter left: The episodes of plugins that an earlier life left open.
  func run(_ left: [AlertRow]) async {
    guard settings.on else { return }
    var episodes = PluginEpisodes(left)
    while (try? await Task.sleep(for: .seconds(settings.seconds))) != nil {
      // A host that does not answer is looked at again.
      guard let answer = try? await neighbours.call("host.plugins", timeout: .seconds(5)) else { continue }
      for row in episodes.look(answer["plugins"]?.arrayValue ?? [], at: unixTime()) { await desk.tell(row) }
    }
  }
}
