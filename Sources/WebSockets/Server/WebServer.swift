// SPDX-License-Identifier: Apache-2.0

internal import Glibc
internal import Synchronization

/// Serves HTTP and WebSockets to programs of this machine, all on one thread of its own.
///
/// Sockets, waiting and time are the library's; requests and frames are read by this wrapper, because the library's own server takes
/// frames without a mask and requests that two programs read in two ways, and cannot take over an open WebSocket from another process.
///
/// Plain HTTP/1.1 and 1.0, without encryption and without compression. Who closes only its own half of a connection is taken to have gone.
public final class WebServer: Sendable {
  private let loop: WebLoop<WebServerCore>
  private let listener: WebListener
  private let wasHandedOut = Mutex(false)

  /// Listens, and begins the thread.
  ///
  /// - Parameters:
  ///   - threadName: At most 15 bytes, seen in debuggers and `top -H`.
  ///   - onRequest: Called on the server's thread with each whole request; must not wait. Answers, then or later, on any thread.
  ///   - onUpgrade: Called on the server's thread for whoever wants a WebSocket; must not wait.
  /// - Throws: `invalid`: the port is taken, the path cannot be used.
  public init(
    _ settings: WebServerSettings = WebServerSettings(), threadName: String = "jf-web-server",
    onRequest: @escaping @Sendable (WebServerRequest, WebResponder) -> Void = { $1.send(WebServerResponse(404, text: "not found\n")) },
    onUpgrade: @escaping @Sendable (WebServerHead) -> WebUpgradeDecision = { _ in .refuse(WebServerResponse(404, text: "not found\n")) }
  ) throws(WebError) {
    let listener = try WebListener(settings.listener)
    self.listener = listener
    let handlers = WebServerHandlers(onRequest: onRequest, onUpgrade: onUpgrade)
    loop = try WebLoop(name: threadName) { queue throws(WebError) in
      try WebServerCore(queue, settings: settings, handlers: handlers, listener: listener)
    }
  }

  /// Where it listens; nil: on a Unix socket.
  public var port: Int? { listener.port }

  /// How many are open now; none after the stop.
  public func connectionCount() async -> Int {
    await withCheckedContinuation { continuation in
      let isTaken = loop.run { core in continuation.resume(returning: core.connectionCount) }
      if !isTaken { continuation.resume(returning: 0) }
    }
  }

  /// Another descriptor of the listening socket, to be handed to another process. Connections that come after the stop of this server wait
  /// for that one. Whoever asks closes it.
  public func copyListener() throws(WebError) -> Int32 {
    let copy = try listener.copy()
    wasHandedOut.withLock { $0 = true }
    return copy
  }

  /// Lets nobody in any more; those inside stay. Who comes waits on the listening socket, for whoever has a copy of it.
  public func stopAccepting() {
    _ = loop.run { core in core.stopAccepting() }
  }

  /// Takes over an open WebSocket from another process; see `WebServerSocket.detach`.
  ///
  /// - Parameter opened: As in `WebUpgradeDecision.accept`.
  public func adopt(
    _ detached: WebDetachedSocket, options: WebServerSocketOptions = WebServerSocketOptions(),
    opened: @escaping @Sendable (WebServerSocket) -> @Sendable (WebServerEvent) -> Void
  ) throws(WebError) {
    let isTaken = loop.run { core in core.adopt(detached, options, opened) }
    if !isTaken {
      close(detached.descriptor)
      throw WebError(.stopped, "cannot take over a WebSocket: the server was stopped")
    }
  }

  /// Ends every connection and the thread, and waits for that, some milliseconds. Must not be called in its handlers.
  ///
  /// WebSockets are told with code 1001; who cannot bear that is aborted before, by `WebServerSocket.abort`.
  public func stop() {
    loop.stop()
    listener.close()
    if let path = listener.path, !wasHandedOut.withLock({ $0 }) { _ = unsafe unlink(path) }
  }
}
