// SPDX-License-Identifier: Apache-2.0
import JSON
import PluginBridge

/// Reads `activation`.
struct ManifestActivation {
  private let top: ManifestPart
  private let commands: [CommandDescription]
  private let subscribes: [Manifest.Subscription]
  /// The names of the plugin's settings.
  private let settings: [String]

  init(_ top: ManifestPart, commands: [CommandDescription], subscribes: [Manifest.Subscription], schema: JSONValue?) {
    self.top = top
    self.commands = commands
    self.subscribes = subscribes
    settings = schema?["properties"]?.objectValue.map { $0.keys.sorted() } ?? []
  }

  /// The entries; nil when the manifest has none.
  func read() -> [Manifest.Activation]? {
    guard top.has("activation") else { return nil }
    return top.texts("activation").compactMap { text, place in
      switch entry(text) {
      case .success(let activation): return activation
      case .failure(let fault):
        top.faults.report("\(top.faults.name(place)) is '\(text)'\(fault.cause)")
        return nil
      }
    }
  }

  private struct Fault: Error { var cause: String }

  private func entry(_ text: String) -> Result<Manifest.Activation, Fault> {
    if text == "onStart" { return .success(.onStart) }
    let halves = text.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
    switch (halves[0], halves.dropFirst().first) {
    case ("onCommand", let name?):
      guard commands.contains(where: { $0.name == name }) else {
        return .failure(Fault(cause: ", but 'commands' has no '\(name)'; \(hint(name, commands.map(\.name)))"))
      }
      return .success(.onCommand(name))
    case ("onEvent", let topic?):
      guard let pattern = try? TopicPattern(topic), subscribes.contains(where: { Manifest.Activation.onEvent(pattern).covers($0.topic) })
      else {
        return .failure(
          Fault(cause: ", but 'subscribes' has nothing that '\(topic)' covers; \(hint(topic, subscribes.map(\.topic.description)))"))
      }
      return .success(.onEvent(pattern))
    case ("onFile", let path?):
      guard Self.isBelow(path) else {
        return .failure(Fault(cause: "; write a path below the state directory, such as 'onFile:notes/open.json'"))
      }
      return .success(.onFile(path))
    case ("onSetting", let name?):
      guard settings.contains(name) else {
        return .failure(Fault(cause: ", but 'config.schema' has no property '\(name)'; \(hint(name, settings))"))
      }
      return .success(.onSetting(name))
    default:
      return .failure(
        Fault(cause: "; write 'onStart', 'onFile:PATH', 'onSetting:NAME', 'onCommand:NAME' or 'onEvent:PATTERN'"))
    }
  }

  /// Whether a path names something inside of the directory it is taken from.
  private static func isBelow(_ path: String) -> Bool {
    !path.utf8.contains(0) && path.split(separator: "/", omittingEmptySubsequences: false).allSatisfy { !["", ".", ".."].contains($0) }
  }

  private func hint(_ word: String, _ known: [String]) -> String {
    NearMiss.closest(to: word, in: known).map { "did you mean '\($0)'?" } ?? "add it there, or remove this entry"
  }
}
