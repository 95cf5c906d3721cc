// SPDX-License-Identifier: Apache-2.0

internal import PluginSDK

extension OwnedThread {
  /// Starts a thread, or says that there is none to give.
  static func begin(name: String, _ body: @escaping @Sendable () -> Void) throws -> OwnedThread {
    guard let thread = start(name: name, body) else {
      throw PluginFailure("cannot start the thread '\(name)': the system has none to give; raise the limit of processes")
    }
    return thread
  }
}
