// SPDX-License-Identifier: Apache-2.0
import PluginBridge

/// Reads `commands`.
struct ManifestCommands {
  private let top: ManifestPart
  private let plugin: String
  private let kind: Manifest.Kind
  private let namespaces: [String]
  private let isConcurrent: Bool

  init(_ top: ManifestPart, plugin: String, kind: Manifest.Kind, namespaces: [String], isConcurrent: Bool) {
    self.top = top
    self.plugin = plugin
    self.kind = kind
    self.namespaces = namespaces
    self.isConcurrent = isConcurrent
  }

  private static let keys = ["name", "summary", "input", "output", "stream", "idempotent", "deadlineMs", "inline"]

  func read() -> [CommandDescription] {
    var names: Set<String> = []
    let keys = kind == .cLibrary ? ManifestCLibrary.commandKeys(among: Self.keys) : Self.keys
    return top.parts("commands", keys: keys, limit: 1_000).compactMap { part in
      guard let command = command(part) else { return nil }
      guard names.insert(command.name).inserted else {
        part.report("name", "names '\(command.name)' a second time; remove one")
        return nil
      }
      return command
    }
  }

  private func command(_ part: ManifestPart) -> CommandDescription? {
    let name = name(part)
    let inline = part.flag("inline")
    if inline, !isConcurrent, kind == .plugin {
      part.report("inline", "needs \"concurrent\": true, because such a command runs on its callers' threads; add that, or remove 'inline'")
    }
    let command = CommandDescription(
      name: name ?? "", plugin: plugin, summary: part.text("summary", limit: 2_000) ?? "", input: part.schema("input"),
      output: part.object("output"), stream: part.flag("stream"), idempotent: part.flag("idempotent"),
      deadlineMilliseconds: part.number("deadlineMs", in: 1...86_400_000), inline: inline)
    return name == nil ? nil : command
  }

  private func name(_ part: ManifestPart) -> String? {
    guard let name = part.text("name", isRequired: true) else { return nil }
    guard TopicPattern.isTopic(name), name.contains(".") else {
      part.report("name", "is '\(name)'; write namespace and verb of lower-case letters, digits and '_', such as 'runs.list'")
      return nil
    }
    guard namespaces.own(name) else {
      part.report("name", "is '\(name)', which lies in none of this plugin's 'namespaces'; add its namespace there, or rename it")
      return nil
    }
    return name
  }
}

extension [String] {
  /// Whether a command or topic lies in one of these namespaces.
  func own(_ name: String) -> Bool { contains { name.hasPrefix($0 + ".") } }
}
