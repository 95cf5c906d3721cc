// SPDX-License-Identifier: Apache-2.0
import PluginSDK

/// A whole plugin: one command.
public struct __MODULE__Plugin: Plugin {
  /// As in plugin.json.
  public static let id = "__ID__"
  /// As in plugin.json.
  public static let version = "0.1.0"

  struct Greeting: Codable { var name: String }
  struct Reply: Codable { var text: String }

  /// Makes an instance; the host does so at each start.
  public init(_ context: PluginContext) {}

  /// What it answers: all commands of plugin.json, and no other.
  public var commands: [Command] {
    [
      Command("__NAMESPACE__.greet") { (greeting: Greeting, _) in
        Reply(text: "Hello, \(greeting.name)!")
      }
    ]
  }
}
