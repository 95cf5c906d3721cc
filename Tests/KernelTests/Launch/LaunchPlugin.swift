// SPDX-License-Identifier: Apache-2.0

import PluginSDK

@testable import Kernel

/// Only the commands of this room, on a provider of its own.
final class LaunchPlugin: Plugin {
  static let id = "kernel"
  static let version = "0.1.0"

  private let provider: LocalProvider

  init(_ context: PluginContext) throws {
    struct Settings: Decodable { var environment: [String: String] }
    let surroundings = Surroundings(environment: try context.configuration(Settings.self).environment)
    provider = try LocalProvider(
      surroundings: surroundings, state: context.directory(.state), data: context.directory(.data), open: KernelLinks().opener)
  }

  var commands: [Command] {
    LaunchCommands(local: provider, others: [AttachProvider(surroundings: provider.surroundings, tools: provider.tools)]).all
  }

  func stop() async { provider.stop() }
}
