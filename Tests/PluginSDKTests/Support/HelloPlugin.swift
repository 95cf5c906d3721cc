// SPDX-License-Identifier: Apache-2.0

import PluginSDK

/// The plugin of the guide: one command.
struct HelloPlugin: Plugin {
  static let id = "hello"
  static let version = "0.1.0"

  struct Greeting: Codable, Sendable { let name: String }

  init(_ context: PluginContext) {}

  var commands: [Command] {
    [Command("hello.greet") { (input: Greeting, _) in ["greeting": "hello, \(input.name)"] }]
  }
}
