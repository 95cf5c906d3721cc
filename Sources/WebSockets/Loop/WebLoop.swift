// SPDX-License-Identifier: Apache-2.0

internal import Synchronization

/// The one thread on which the library lives, seen from all others.
final class WebLoop: Sendable {
  private let queue = WebLoopQueue()
  private let thread: Mutex<WebThread?>

  /// Begins the thread.
  ///
  /// - Parameter name: Of the thread, at most 15 bytes.
  init(name: String) throws(WebError) {
    let core = try WebLoopCore(queue)
    guard let thread = WebThread.start(name: name, core) else {
      throw WebError(.stopped, "cannot begin the thread '\(name)' for web connections: the system has none to give")
    }
    self.thread = Mutex(thread)
  }

  deinit {
    queue.stop()
    thread.withLock { $0.take() }?.detach()
  }

  /// Does something on the loop's thread; false when it is stopping.
  func run(_ job: @escaping WebLoopQueue.Job) -> Bool { queue.add(job) }

  /// Ends all connections and the thread, and waits for that: milliseconds. Must not be called on the loop's thread.
  func stop() {
    queue.stop()
    thread.withLock { $0.take() }?.join()
  }
}
