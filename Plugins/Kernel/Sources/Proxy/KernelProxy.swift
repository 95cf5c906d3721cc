// SPDX-License-Identifier: Apache-2.0

internal import PluginSDK

/// Stands for a kernel on the ports of a connection file, so that Jupyter front ends share a kernel of the host's.
///
/// Any number of front ends may be connected. Each gets the answers to its own questions; all see what is published.
final class KernelProxy: Sendable {
  private let mailbox: ProxyMailbox

  /// Binds the sockets.
  ///
  /// - Parameters:
  ///   - connection: What the front ends read, with a key of their own.
  ///   - target: Kept until `close`.
  static func begin(_ connection: ConnectionInfo, for target: any ProxyTarget) async throws -> KernelProxy {
    let mailbox = try ProxyMailbox()
    try await withCheckedThrowingContinuation { (continuation: CheckedContinuation<Void, any Error>) in
      let thread = OwnedThread.start(name: "jf-proxy") {
        let loop: ProxyLoop
        do {
          loop = try ProxyLoop(connection, mailbox: mailbox, target: target)
        } catch {
          return continuation.resume(throwing: error)
        }
        continuation.resume()
        loop.run()
      }
      guard let thread else {
        return continuation.resume(
          throwing: PluginFailure("cannot start the thread 'jf-proxy': the system has none to give; raise the limit of processes"))
      }
      thread.detach()
    }
    return KernelProxy(mailbox: mailbox)
  }

  private init(mailbox: ProxyMailbox) { self.mailbox = mailbox }

  deinit { mailbox.close(nil) }

  /// Takes a message of the kernel: what is published to all, an answer to who asked. What nobody here asked for is dropped.
  func deliver(_ message: KernelMessage) { mailbox.post(message) }

  /// Lets the sockets go, after what was delivered has left.
  func close() async {
    await withCheckedContinuation { continuation in mailbox.close(continuation) }
  }
}
