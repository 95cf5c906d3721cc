// SPDX-License-Identifier: Apache-2.0
import PluginBridge

/// Reads `panels`: pages of the plugin's own that the dashboard shows, in a frame that can do nothing but ask.
struct ManifestPanels {
  /// Of one plugin.
  static let limit = 16
  /// Of commands, and of topics, of one panel.
  private static let patternLimit = 50

  private let top: ManifestPart

  init(_ top: ManifestPart) { self.top = top }

  func read() -> [Manifest.Panel] {
    var ids: Set<String> = []
    return top.parts("panels", keys: ["id", "title", "folder", "index", "commands", "topics"], limit: Self.limit).compactMap { part in
      guard let panel = panel(part) else { return nil }
      guard ids.insert(panel.id).inserted else {
        part.report("id", "names '\(panel.id)' a second time; remove one")
        return nil
      }
      return panel
    }
  }

  private func panel(_ part: ManifestPart) -> Manifest.Panel? {
    let id = part.text("id", isRequired: true, limit: 100)
    if let id, !ManifestParser.isID(id) {
      part.report("id", "is '\(id)'; write lower-case letters and digits, a letter first, with '.' or '-' between, such as 'run-notes'")
    }
    let title = part.text("title", isRequired: true, limit: 100)
    let folder = path(part, "folder", isRequired: true)
    let index = path(part, "index", isRequired: false) ?? "index.html"
    let commands = patterns(part, "commands")
    let topics = patterns(part, "topics")
    guard let id, let title, let folder else { return nil }
    return Manifest.Panel(id: id, title: title, folder: folder, index: index, commands: commands, topics: topics)
  }

  /// A way down from the plugin's directory: nothing that is hidden, and no way up.
  private func path(_ part: ManifestPart, _ key: String, isRequired: Bool) -> String? {
    guard let text = part.text(key, isRequired: isRequired) else { return nil }
    let steps = text.split(separator: "/", omittingEmptySubsequences: false)
    guard steps.allSatisfy({ !$0.isEmpty && !$0.hasPrefix(".") && !$0.contains("\\") }) else {
      part.report(key, "is '\(text)'; write a path below the plugin's directory, such as 'panel', without '..', '.' or hidden names")
      return nil
    }
    return text
  }

  private func patterns(_ part: ManifestPart, _ key: String) -> [String] {
    part.texts(key, limit: Self.patternLimit).compactMap { text, place in
      guard (try? TopicPattern(text)) != nil else {
        part.faults.report("\(part.faults.name(place)) is '\(text)'; write a name such as 'runs.list', or 'runs.*' for all below 'runs'")
        return nil
      }
      return text
    }
  }
}
