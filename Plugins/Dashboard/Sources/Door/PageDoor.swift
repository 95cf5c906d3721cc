// SPDX-License-Identifier: Apache-2.0

internal import PluginSDK
internal import Synchronization
internal import WebSockets

/// Where browsers come in: a port of this machine, or a Unix socket.
final class PageDoor: Sendable {
  /// Where it is open.
  enum Place: Sendable, Hashable {
    /// `wanted` was taken when they differ.
    case port(Int, wanted: Int)
    case socket(String)
  }

  private let settings: DashboardSettings
  private let log: PluginLog?
  private let opened = Mutex<(server: WebServer, place: Place)?>(nil)

  init(_ settings: DashboardSettings, log: PluginLog? = nil) {
    self.settings = settings
    self.log = log
  }

  /// Nil: it is closed.
  var place: Place? { opened.withLock { $0?.place } }

  /// Open ones.
  func connectionCount() async -> Int { await opened.withLock { $0?.server }?.connectionCount() ?? 0 }

  /// As addresses of this machine begin; nil: it is closed.
  var origin: String? {
    switch place {
    case .port(let port, _): "http://127.0.0.1:\(port)"
    case .socket: "http://localhost"
    case nil: nil
    }
  }

  /// Opens it.
  ///
  /// - Parameter second: Taken when the configured port is not free, before any other; 0: none.
  func start(_ router: PageRouter, second: Int = 0) throws {
    let (server, place) = try open(router, second)
    opened.withLock { $0 = (server, place) }
    switch place {
    case .port(let port, let wanted) where port != wanted:
      log?.warning("the page is at another port than configured, which is taken", ["port": port, "configured": wanted])
    case .port(let port, _): log?.info("the page is open", ["port": port])
    case .socket(let path): log?.info("the page is open", ["socket": path])
    }
  }

  private func open(_ router: PageRouter, _ second: Int) throws -> (WebServer, Place) {
    guard settings.socket.isEmpty else { return (try serve(.path(settings.socket), router), .socket(settings.socket)) }
    var reason = ""
    for port in [settings.port, second, 0] where port != 0 || reason.isEmpty == false || settings.port == 0 {
      do {
        let server = try serve(.port(port), router)
        return (server, .port(server.port ?? port, wanted: settings.port == 0 ? server.port ?? 0 : settings.port))
      } catch { reason = "\(error)" }
    }
    throw PluginFailure("cannot open the page's door: \(reason)", code: "door_not_open")
  }

  private func serve(_ listener: WebServerSettings.Listener, _ router: PageRouter) throws(WebError) -> WebServer {
    var web = WebServerSettings(listener)
    web.otherHosts = settings.hosts
    // The router lets "null" ask for what stands in frames, and for nothing else.
    web.origins = .sameHost(and: settings.origins + ["null"])
    web.commonHeaders = SecurityHeaders.common
    web.connections = settings.limits.connections
    web.bodySize = settings.limits.bodyBytes
    web.queueSize = settings.limits.waitingBytes
    web.headTime = .seconds(settings.limits.headSeconds)
    web.bodyTime = .seconds(settings.limits.bodySeconds)
    web.writeTime = .seconds(settings.limits.sendSeconds)
    web.answerTime = .seconds(settings.limits.answerSeconds)
    return try WebServer(web, threadName: "jf-dashboard", onRequest: { router.answer($0, $1) })
  }

  /// Closes it and ends every connection. Waits for a thread, some milliseconds.
  func stop() async {
    guard let server = opened.withLock({ $0.take() })?.server else { return }
    await withCheckedContinuation { continuation in
      let end: @Sendable () -> Void = {
        server.stop()
        continuation.resume()
      }
      if let thread = OwnedThread.start(name: "jf-dash-end", end) { thread.detach() } else { end() }
    }
    log?.info("the page is closed")
  }
}
