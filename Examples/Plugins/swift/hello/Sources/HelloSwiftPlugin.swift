// SPDX-License-Identifier: Apache-2.0
import PluginSDK

/// A whole plugin: one command.
public struct HelloSwiftPlugin: Plugin {
  /// As in plugin.json.
  public static let id = "hello-swift"
  /// As in plugin.json.
  public static let version = "0.1.0"

  struct Greeting: Codable { var name: String }
  struct Reply: Codable { var text: String }

  /// Makes an instance; the host does so at each start.
  public init(_ context: PluginContext) {}

  /// What it answers: all commands of plugin.json, and no other.
  public var commands: [Command] {
    [
      Command("hello_swift.greet") { (greeting: Greeting, _) in
        Reply(text: "Hello, \(greeting.name)!")
      }
    ]
  }
}
