// SPDX-License-Identifier: Apache-2.0

internal import PluginSDK
internal import Synchronization

/// Owns the thread that owns all ZeroMQ sockets of all kernels.
///
/// One thread for all, because what it does for a message takes some microseconds, so fifty kernels that all talk keep it busy for a
/// fraction of a second a second; because a thread a kernel would cost its stack, its wake-ups and a context switch more where kernels are
/// many; and because ZeroMQ's own thread, one a context, does the reading from the network already.
final class KernelLinks: Sendable {
  private let mailbox: LinkMailbox
  private let isRunning = Mutex(false)

  private let spool: String?

  /// Begins nothing: the first conversation begins the thread.
  ///
  /// - Parameter spool: A folder for what kernels send too fast; without one it waits in memory.
  init(spool: String? = nil) throws {
    self.spool = spool
    mailbox = try LinkMailbox()
  }

  deinit { mailbox.post(.stop(nil)) }

  private func begin() throws {
    try isRunning.withLock { isRunning in
      guard !isRunning else { return }
      let (mailbox, spool, context) = (mailbox, spool, try LinkLoop.makeContext())
      guard let thread = OwnedThread.start(name: "jf-kernels", { LinkLoop(mailbox: mailbox, context: context, spool: spool).run() }) else {
        throw PluginFailure("cannot start the thread 'jf-kernels': the system has none to give; raise the limit of processes")
      }
      thread.detach()
      isRunning = true
    }
  }

  /// Opens a conversation with the kernel at an address. Nobody need listen there yet.
  ///
  /// - Parameters:
  ///   - terms: Where and how.
  ///   - sink: Called on the links' thread, one event after the other. Must not block: all kernels wait for it.
  func open(_ terms: LinkTerms, to sink: @escaping @Sendable (LinkEvent) -> Void) async throws -> ZeroMQLink {
    try begin()
    let id = mailbox.nextID()
    try await withCheckedThrowingContinuation { continuation in
      if !mailbox.post(.open(id, terms, sink, continuation)) { continuation.resume(throwing: Self.stopped()) }
    }
    return ZeroMQLink(id: id, mailbox: mailbox)
  }

  /// Ends all conversations and the thread. No event comes after this has returned.
  func stop() async {
    guard isRunning.withLock(\.self) else {
      _ = mailbox.close()
      return
    }
    await withCheckedContinuation { continuation in
      if !mailbox.post(.stop(continuation)) { continuation.resume() }
    }
  }

  static func stopped() -> PluginFailure {
    PluginFailure("cannot talk to the kernel: the connection was closed", code: "link_closed", status: .gone)
  }
}
