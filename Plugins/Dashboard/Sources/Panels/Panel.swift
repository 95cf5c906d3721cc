// SPDX-License-Identifier: Apache-2.0

internal import JSON

/// A page that a plugin brings along, as its manifest names it.
struct Panel: Sendable, Hashable {
  let plugin: String
  let id: String
  let title: String
  /// The plugin's directory, absolute, and the steps down from it to the panel's files.
  let root: String
  let steps: [String]
  let index: String
  let commands: [String]
  let topics: [String]

  /// Reads a row of `plugin/info`; nil when it says too little.
  ///
  /// - Parameter root: The plugin's directory.
  init?(_ row: JSONValue, plugin: String, root: String) {
    guard let id = row["id"]?.stringValue, let title = row["title"]?.stringValue, let folder = row["folder"]?.stringValue,
      root.hasPrefix("/"), folder.hasPrefix(root + "/")
    else { return nil }
    self.plugin = plugin
    self.id = id
    self.title = title
    self.root = root
    steps = folder.dropFirst(root.count + 1).split(separator: "/").map(String.init)
    index = row["index"]?.stringValue ?? "index.html"
    commands = row["commands"]?.arrayValue?.compactMap(\.stringValue) ?? []
    topics = row["topics"]?.arrayValue?.compactMap(\.stringValue) ?? []
  }

  /// As pages have it; where its folder is, is not theirs to know.
  func row(token: String) -> JSONValue {
    [
      "id": .string(id), "plugin": .string(plugin), "title": .string(title), "url": .string("panels/\(token)/\(plugin)/\(id)/\(index)"),
      "commands": .array(commands.map(JSONValue.string)), "topics": .array(topics.map(JSONValue.string)),
    ]
  }
}
