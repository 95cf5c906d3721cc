// SPDX-License-Identifier: Apache-2.0

internal import JSON
internal import PluginSDK
internal import Synchronization

/// Which panels the plugins of this host bring along.
final class PanelCatalog: Sendable {
  /// How long an answer of the host is good for: pages and frames ask for many files at once.
  private static let freshness = Duration.seconds(2)

  let tokens = PanelTokens()
  private let link: ControlLink
  private let known = Mutex<(panels: [Panel], until: UInt64)>(([], 0))

  init(link: ControlLink) { self.link = link }

  /// For `GET api/session`; empty when the host does not answer.
  func rows(for session: PageSession) async -> JSONValue {
    guard let token = tokens.token(of: session) else { return [] }
    return .array(await panels().map { $0.row(token: token) })
  }

  func panel(_ id: String, of plugin: String) async -> Panel? { await panels().first { $0.id == id && $0.plugin == plugin } }

  /// Those of plugins that run or would, by plugin.
  private func panels() async -> [Panel] {
    let (panels, until) = known.withLock { $0 }
    if until > MonotonicClock.now { return panels }
    guard let found = try? await ask() else { return panels }
    known.withLock { $0 = (found, MonotonicClock.after(Self.freshness)) }
    return found
  }

  private func ask() async throws(ControlFault) -> [Panel] {
    var panels: [Panel] = []
    for row in try await link.answer("plugin/list")["plugins"]?.arrayValue ?? [] {
      guard let id = row["id"]?.stringValue, row["panels"]?.intValue ?? 0 > 0, ["active", "ready"].contains(row["state"]?.stringValue)
      else {
        continue
      }
      let information = try await link.answer("plugin/info", ["id": .string(id)])
      panels += (information["panels"]?.arrayValue ?? []).compactMap { Panel($0, plugin: id, root: information["path"]?.stringValue ?? "") }
    }
    return panels
  }
}
