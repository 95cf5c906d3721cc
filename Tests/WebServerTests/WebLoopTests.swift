// SPDX-License-Identifier: Apache-2.0

import Dispatch
import Testing

@testable import WebSockets

/// The thread on which everything happens.
@Suite(.timeLimit(.minutes(1)), .onOwnThread) struct WebLoopTests {
  /// It once took the last job together with the word to stop, and then waited for a connection that never came.
  @Test func aStopBehindAJobIsHeard() throws {
    let listener = try WebListener(.port(0))
    let handlers = WebServerHandlers(onRequest: { _, _ in }, onUpgrade: { _ in .refuse(WebServerResponse(404)) })
    let loop = try WebLoop(name: "web-loop-test") { queue throws(WebError) in
      try WebServerCore(queue, settings: WebServerSettings(), handlers: handlers, listener: listener)
    }
    let isHeld = DispatchSemaphore(value: 0)
    let goOn = DispatchSemaphore(value: 0)
    #expect(
      loop.run { _ in
        isHeld.signal()
        goOn.wait()
      })
    isHeld.wait()
    #expect(loop.run { _ in })
    loop.queue.stop()
    #expect(!loop.run { _ in })
    goOn.signal()
    loop.stop()
  }
}
