// SPDX-License-Identifier: Apache-2.0

internal import Synchronization

/// What lives on a loop's thread: a context of the library and its connections.
protocol WebLoopBody: AnyObject {
  /// Serves until the queue stops.
  func run()
}

/// The client's loop.
typealias WebClientLoop = WebLoop<WebLoopCore>

/// The one thread on which a context of the library lives, seen from all others.
final class WebLoop<Core: WebLoopBody>: Sendable {
  let queue = WebLoopQueue<Core>()
  private let thread: Mutex<WebThread?>

  /// Begins the thread.
  ///
  /// - Parameters:
  ///   - name: Of the thread, at most 15 bytes.
  ///   - make: Makes what lives on it.
  init(name: String, _ make: (WebLoopQueue<Core>) throws(WebError) -> sending Core) throws(WebError) {
    let core = try make(queue)
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
  func run(_ job: @escaping WebLoopQueue<Core>.Job) -> Bool { queue.add(job) }

  /// Ends all connections and the thread, and waits for that: milliseconds. Must not be called on the loop's thread.
  func stop() {
    queue.stop()
    thread.withLock { $0.take() }?.join()
  }
}
