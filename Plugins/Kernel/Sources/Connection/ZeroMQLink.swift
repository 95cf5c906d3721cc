// SPDX-License-Identifier: Apache-2.0

internal import PluginSDK
internal import Synchronization

/// A conversation with a kernel over ZeroMQ: the end that other threads hold.
final class ZeroMQLink: KernelLink {
  private let id: LinkID
  private let mailbox: LinkMailbox
  private let isClosed = Atomic(false)

  init(id: LinkID, mailbox: LinkMailbox) {
    self.id = id
    self.mailbox = mailbox
  }

  deinit {
    if !isClosed.load(ordering: .relaxed) { mailbox.post(.close(id, nil)) }
  }

  func send(_ message: KernelMessage) throws {
    guard message.channel != .iopub else {
      throw PluginFailure("cannot send a message on iopub: a kernel only speaks there", status: .invalid)
    }
    guard !isClosed.load(ordering: .acquiring), mailbox.post(.send(id, message)) else { throw KernelLinks.stopped() }
  }

  func ready(within limit: Duration) async throws -> [UInt8] {
    let waiter = mailbox.nextID()
    return try await withTaskCancellationHandler {
      try await withCheckedThrowingContinuation { continuation in
        let order = LinkOrder.ready(
          id, ReadinessWaiter(id: waiter, limit: limit, deadline: .now + limit, continuation: continuation))
        guard mailbox.post(order) else { return continuation.resume(throwing: KernelLinks.stopped()) }
        // Cancelled before this was posted: then what `onCancel` posted came too early.
        if Task.isCancelled { mailbox.post(.giveUp(id, waiter: waiter)) }
      }
    } onCancel: {
      mailbox.post(.giveUp(id, waiter: waiter))
    }
  }

  func close() async {
    guard !isClosed.exchange(true, ordering: .acquiringAndReleasing) else { return }
    await withCheckedContinuation { continuation in
      if !mailbox.post(.close(id, continuation)) { continuation.resume() }
    }
  }
}
