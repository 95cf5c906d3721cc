// SPDX-License-Identifier: Apache-2.0
import PluginBridge

/// Reads `activation`.
struct ManifestActivation {
  private let top: ManifestPart
  private let commands: [CommandDescription]
  private let subscribes: [Manifest.Subscription]

  init(_ top: ManifestPart, commands: [CommandDescription], subscribes: [Manifest.Subscription]) {
    self.top = top
    self.commands = commands
    self.subscribes = subscribes
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
    default:
      return .failure(Fault(cause: "; write 'onStart', 'onCommand:NAME' or 'onEvent:PATTERN'"))
    }
  }

  private func hint(_ word: String, _ known: [String]) -> String {
    NearMiss.closest(to: word, in: known).map { "did you mean '\($0)'?" } ?? "add it there, or remove this entry"
  }
}
