// SPDX-License-Identifier: Apache-2.0

import PluginSDK

@testable import Kernel

/// The commands about blocks, and nothing else of the kernel's plugin.
final class BlockPlugin: Plugin {
  static let id = "kernel"
  static let version = "0.1.0"

  private let work = BlockingWork()

  init(_ context: PluginContext) throws {}

  var commands: [Command] { BlockCommands(work: work).all }

  func stop() async { work.stop() }
}
