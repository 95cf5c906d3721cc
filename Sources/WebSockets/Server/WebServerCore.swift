// SPDX-License-Identifier: Apache-2.0

internal import CWebSockets
internal import Glibc

/// The server's context of the library, and all its connections. Belongs to the server's thread alone.
@safe final class WebServerCore: WebLoopBody {
  let queue: WebLoopQueue<WebServerCore>
  let settings: WebServerSettings
  let handlers: WebServerHandlers
  let guardian: WebServerGuard
  /// A copy of the listening socket's, for the library, which closes it.
  private let listener: Int32
  private let box: Unmanaged<WebServerBox>
  private let protocols: UnsafeMutablePointer<lws_protocols>
  private let context: OpaquePointer
  private let host: OpaquePointer
  private let timer: UnsafeMutablePointer<jf_websockets_timer>
  private var listenerHandle: OpaquePointer?
  private var connections: [UInt: WebServerConnection] = [:]
  /// With those whose end was told and which the library has not closed yet.
  private var openSockets = 0
  private var lastNumber = WebServerCore.listenerNumber
  /// No deadline is before it.
  private var nextDeadline = Int64.max
  /// When accepting goes on, after the system had no descriptor left; nil: it goes on.
  private var pausedUntil: Int64?
  private var isAccepting = true
  private var date: (second: time_t, text: String) = (0, "")

  /// In bytes of what is read at once.
  private static let pieceSize = 64 << 10
  private static let listenerNumber: UInt = 1
  /// How many are let in before those inside are served again.
  private static let acceptsAtOnce = 64

  init(
    _ queue: WebLoopQueue<WebServerCore>, settings: WebServerSettings, handlers: WebServerHandlers, listener: WebListener
  ) throws(WebError) {
    lws_set_log_level(0, nil)
    self.queue = queue
    self.settings = settings
    self.handlers = handlers
    self.listener = try listener.copy()
    guardian = WebServerGuard(settings, port: listener.port)
    unsafe protocols = unsafe Self.makeProtocols()
    let box = unsafe Unmanaged.passRetained(WebServerBox())
    unsafe self.box = box
    var information = unsafe lws_context_creation_info()
    unsafe information.port = -1  // CONTEXT_PORT_NO_LISTEN
    unsafe information.protocols = unsafe UnsafePointer(protocols)
    unsafe information.options = jf_websockets_plain_options
    // One for each connection, and some for the listener and the library itself.
    unsafe information.fd_limit_per_thread = UInt32(clamping: settings.connections + 64)
    unsafe information.pt_serv_buf_size = UInt32(Self.pieceSize)
    unsafe information.timeout_secs = 3
    unsafe information.gid = -1
    unsafe information.uid = -1
    unsafe information.user = unsafe box.toOpaque()
    guard let context = unsafe jf_websockets_create_context(&information), let host = unsafe lws_create_vhost(context, &information) else {
      throw WebError(.stopped, "cannot begin the library for web connections: it gives no reason")
    }
    unsafe self.context = context
    unsafe self.host = host
    unsafe timer = .allocate(capacity: 1)
    unsafe timer.initialize(to: jf_websockets_timer())
    unsafe box.takeUnretainedValue().core = self
    guard listen() else {
      unsafe lws_context_destroy(context)
      throw WebError(.stopped, "cannot begin to serve: the library for web connections does not take the listening socket")
    }
    unsafe queue.setContext(context)
  }

  deinit {
    unsafe box.release()
    unsafe timer.deallocate()
    unsafe free(UnsafeMutablePointer(mutating: protocols[0].name))
    unsafe protocols.deallocate()
  }

  /// One, and the empty one that ends the list.
  private static func makeProtocols() -> UnsafeMutablePointer<lws_protocols> {
    let protocols = UnsafeMutablePointer<lws_protocols>.allocate(capacity: 2)
    unsafe protocols.initialize(repeating: lws_protocols(), count: 2)
    unsafe protocols[0].name = unsafe UnsafePointer(strdup(webProtocolName))
    unsafe protocols[0].callback = webServerCallback
    unsafe protocols[0].rx_buffer_size = pieceSize
    return unsafe protocols
  }

  /// Serves until the queue stops.
  func run() {
    queue.isOwn()
    while let jobs = queue.take() {
      for job in jobs { job(self) }
      endThoseOverdue()
      setTimer()
      queue.beforeWaiting()
      unsafe lws_service(context, 0)
    }
    for connection in connections.values { connection.stop() }
    connections = [:]
    unsafe queue.setContext(nil)
    unsafe jf_websockets_sleep_on(timer)
    unsafe lws_context_destroy(context)
  }
}

// MARK: - Connections

extension WebServerCore {
  var connectionCount: Int { connections.count }

  func connection(_ number: UInt) -> WebServerConnection? { connections[number] }

  func forget(_ connection: WebServerConnection) { connections[connection.number] = nil }

  /// The library has let go of a socket.
  func socketIsClosed(_ number: UInt) {
    guard number != Self.listenerNumber else { return }
    openSockets -= 1
    connections[number]?.isGone()
  }

  /// Lets nobody in any more.
  func stopAccepting() {
    isAccepting = false
    if let handle = unsafe listenerHandle { unsafe lws_rx_flow_control(handle, 0) }
  }

  /// Lets in who waits.
  func accept() {
    guard isAccepting else { return }
    for _ in 0..<Self.acceptsAtOnce {
      let socket = jf_websockets_accept(listener)
      guard socket >= 0 else { return pauseWhenFull(errno) }
      guard openSockets < settings.connections else {
        turnAway(socket)
        continue
      }
      _ = begin(socket)
    }
  }

  /// Takes over an open WebSocket.
  func adopt(
    _ detached: WebDetachedSocket, _ options: WebServerSocketOptions,
    _ opened: @Sendable (WebServerSocket) -> @Sendable (WebServerEvent) -> Void
  ) {
    _ = fcntl(detached.descriptor, F_SETFD, FD_CLOEXEC)
    _ = fcntl(detached.descriptor, F_SETFL, fcntl(detached.descriptor, F_GETFL) | O_NONBLOCK)
    begin(detached.descriptor)?.continueWebSocket(detached, options, opened)
  }

  private func begin(_ socket: Int32) -> WebServerConnection? {
    setOptions(socket)
    guard let handle = unsafe adopt(socket, LWS_ADOPT_SOCKET) else { return nil }
    lastNumber += 1
    openSockets += 1
    unsafe lws_set_opaque_user_data(handle, UnsafeMutableRawPointer(bitPattern: lastNumber))
    let connection = unsafe WebServerConnection(self, number: lastNumber, handle: handle, socket: socket)
    connections[lastNumber] = connection
    return connection
  }

  private func listen() -> Bool {
    guard let handle = unsafe adopt(listener, LWS_ADOPT_RAW_FILE_DESC) else { return false }
    unsafe lws_set_opaque_user_data(handle, UnsafeMutableRawPointer(bitPattern: Self.listenerNumber))
    unsafe listenerHandle = unsafe handle
    return true
  }

  private func adopt(_ descriptor: Int32, _ kind: lws_adoption_type) -> OpaquePointer? {
    var what = lws_sock_file_fd_type()
    unsafe what.sockfd = descriptor
    return unsafe lws_adopt_descriptor_vhost(host, kind, what, protocols[0].name, nil)
  }

  private func setOptions(_ socket: Int32) {
    for (level, option, value) in [
      (Int32(IPPROTO_TCP), TCP_NODELAY, 1), (SOL_SOCKET, SO_KEEPALIVE, 1), (Int32(IPPROTO_TCP), TCP_KEEPIDLE, 60),
      (Int32(IPPROTO_TCP), TCP_KEEPINTVL, 15), (Int32(IPPROTO_TCP), TCP_KEEPCNT, 4),
    ] as [(Int32, Int32, Int32)] {
      var value = value
      unsafe setsockopt(socket, level, option, &value, socklen_t(MemoryLayout<Int32>.size))
    }
  }

  private func turnAway(_ socket: Int32) {
    let answer = WebAnswerHead.bytes(
      WebServerResponse(503, text: "\(settings.connections) connections are open already\n"), common: settings.commonHeaders,
      date: dateText,
      keepsAlive: false, isModern: true)
    unsafe answer.withUnsafeBytes { _ = unsafe send(socket, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL)) }
    shutdown(socket, Int32(SHUT_WR))
    close(socket)
  }

  /// Without a descriptor nobody can be let in, and the waiting ones would wake the thread without end.
  private func pauseWhenFull(_ reason: Int32) {
    guard [EMFILE, ENFILE, ENOBUFS, ENOMEM].contains(reason), let handle = unsafe listenerHandle else { return }
    pausedUntil = now + 100_000
    unsafe lws_rx_flow_control(handle, 0)
    wake(by: now + 100_000)
  }
}

// MARK: - Time

extension WebServerCore {
  /// The clock of deadlines, in microseconds.
  var now: Int64 { lws_now_usecs() }

  /// When a limit passes that begins now.
  func deadline(in limit: Duration) -> Int64 {
    let (seconds, attoseconds) = limit.components
    let deadline = now + min(max(seconds, 0), 1_000_000) * 1_000_000 + attoseconds / 1_000_000_000_000
    wake(by: deadline)
    return deadline
  }

  /// The time for a head, renewed each second.
  var dateText: String {
    let second = time(nil)
    if second != date.second { date = (second, httpDate(second)) }
    return date.text
  }

  private func wake(by deadline: Int64) { nextDeadline = min(nextDeadline, deadline) }

  private func endThoseOverdue() {
    let now = now
    guard nextDeadline <= now else { return }
    nextDeadline = .max
    if let until = pausedUntil, until <= now, let handle = unsafe listenerHandle {
      pausedUntil = nil
      if isAccepting { unsafe lws_rx_flow_control(handle, 1) }
    }
    for connection in Array(connections.values) {
      connection.endIfOverdue(now)
      if let deadline = connection.firstDeadline { wake(by: deadline) }
    }
    if let pausedUntil { wake(by: pausedUntil) }
  }

  private func setTimer() {
    // Set anew in each turn: it may have fired a moment too early.
    unsafe jf_websockets_sleep_on(timer)
    if nextDeadline != .max { unsafe jf_websockets_wake_in(context, timer, max(nextDeadline - now, 1)) }
  }
}

private func httpDate(_ second: time_t) -> String {
  var second = second
  var parts = unsafe tm()
  unsafe gmtime_r(&second, &parts)
  let days = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"]
  let months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
  let two = { (value: Int32) in value < 10 ? "0\(value)" : String(value) }
  let day = unsafe "\(days[Int(parts.tm_wday)]), \(two(parts.tm_mday)) \(months[Int(parts.tm_mon)]) \(parts.tm_year + 1_900)"
  return unsafe "\(day) \(two(parts.tm_hour)):\(two(parts.tm_min)):\(two(parts.tm_sec)) GMT"
}
