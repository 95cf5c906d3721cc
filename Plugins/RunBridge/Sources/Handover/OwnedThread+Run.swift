// SPDX-License-Identifier: Apache-2.0

internal import PluginSDK

extension OwnedThread {
  /// Does what blocks on a thread of its own.
  ///
  /// - Returns: Nil when the system has no thread to give.
  static func run<Result: Sendable>(name: String, _ body: @escaping @Sendable () -> Result) async -> Result? {
    await withCheckedContinuation { continuation in
      let thread = OwnedThread.start(name: name) { continuation.resume(returning: body()) }
      guard let thread else { return continuation.resume(returning: nil) }
      thread.detach()
    }
  }
}
