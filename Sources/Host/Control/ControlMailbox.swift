// SPDX-License-Identifier: Apache-2.0
import Synchronization

/// The way from other threads to the door's thread.
final class ControlMailbox: Sendable {
  let wakeup: Wakeup
  private let messages = Mutex<[ControlMessage]>([])

  init() throws(ErrorNumber) { wakeup = try Wakeup() }

  func put(_ message: ControlMessage) {
    let first = messages.withLock { messages in
      messages.append(message)
      return messages.count == 1
    }
    if first { wakeup.ring() }
  }

  func takeAll() -> [ControlMessage] {
    messages.withLock { messages in
      defer { messages = [] }
      return messages
    }
  }
}
