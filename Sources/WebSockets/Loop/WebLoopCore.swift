// SPDX-License-Identifier: Apache-2.0

internal import CWebSockets
internal import Synchronization

/// The library's context and all connections. Belongs to the loop's thread alone.
@safe final class WebLoopCore: WebLoopBody {
  private let queue: WebLoopQueue<WebLoopCore>
  private let box: Unmanaged<WebLoopBox>
  private let tables: WebTables
  private let context: OpaquePointer
  private let timer: UnsafeMutablePointer<jf_websockets_timer>
  private var hosts: [WebTrust?: OpaquePointer] = unsafe [:]
  private var connections: [UInt: WebConnection] = [:]
  private var lastNumber: UInt = 0
  /// Room for one piece of what is sent, with what the library wants before it.
  let scratch: UnsafeMutablePointer<UInt8>

  /// In bytes of one piece of what is sent or received.
  static let pieceSize = 64 << 10

  init(_ queue: WebLoopQueue<WebLoopCore>) throws(WebError) {
    lws_set_log_level(0, nil)
    self.queue = queue
    let tables = unsafe WebTables()
    unsafe self.tables = tables
    let box = unsafe Unmanaged.passRetained(WebLoopBox())
    unsafe self.box = box
    var information = unsafe Self.information(tables)
    unsafe information.user = unsafe box.toOpaque()
    guard let context = unsafe Self.makeContext(&information) else {
      throw WebError(.stopped, "cannot begin the library for web connections: it gives no reason")
    }
    unsafe self.context = context
    unsafe timer = .allocate(capacity: 1)
    unsafe timer.initialize(to: jf_websockets_timer())
    unsafe scratch = .allocate(capacity: JF_WEBSOCKETS_BEFORE + Self.pieceSize)
    unsafe box.takeUnretainedValue().core = self
    unsafe queue.setContext(context)
  }

  deinit {
    unsafe box.release()
    unsafe scratch.deallocate()
    unsafe timer.deallocate()
    unsafe tables.free()
  }

  /// The library keeps one number for the whole process under which its connections are found in OpenSSL's, and takes another each time it
  /// is told to set up OpenSSL: handshakes under way then fail, "certificate verify failed". So it is told once.
  private static let isEncryptionSetUp = Mutex(false)

  private static func makeContext(_ information: inout lws_context_creation_info) -> OpaquePointer? {
    // As a number, for a pointer may not leave the lock.
    let number: UInt? = isEncryptionSetUp.withLock { isSetUp in
      unsafe information.options = isSetUp ? jf_websockets_plain_options : jf_websockets_options
      let context = unsafe lws_create_context(&information)
      isSetUp = unsafe isSetUp || context != nil
      return unsafe context.map { UInt(bitPattern: $0) }
    }
    guard let number else { return nil }
    return unsafe OpaquePointer(bitPattern: number)
  }

  private static func information(_ tables: WebTables) -> lws_context_creation_info {
    var information = unsafe lws_context_creation_info()
    unsafe information.port = -1  // CONTEXT_PORT_NO_LISTEN
    unsafe information.protocols = unsafe UnsafePointer(tables.protocols)
    unsafe information.extensions = unsafe UnsafePointer(tables.extensions)
    unsafe information.retry_and_idle_policy = unsafe UnsafePointer(tables.policy)
    unsafe information.options = jf_websockets_options
    unsafe information.fd_limit_per_thread = 1_024
    unsafe information.max_http_header_data = 16 << 10
    unsafe information.max_http_header_pool = 256
    unsafe information.pt_serv_buf_size = UInt32(pieceSize)
    // The library gives up after 20 s of silence; each connection here has a deadline of its own, and a model may think for minutes.
    unsafe information.timeout_secs = 1_000_000
    unsafe information.gid = -1
    unsafe information.uid = -1
    return unsafe information
  }

  /// Serves until the queue stops.
  func run() {
    while let jobs = queue.take() {
      for job in jobs { job(self) }
      endThoseOverdue()
      setTimer()
      jf_websockets_forget_errors()
      unsafe lws_service(context, 0)
    }
    for connection in connections.values { connection.fail(WebError(.stopped, "the client for web connections was stopped")) }
    unsafe queue.setContext(nil)
    unsafe jf_websockets_sleep_on(timer)
    unsafe lws_context_destroy(context)
    connections = [:]
  }
}

// MARK: - Connections

extension WebLoopCore {
  /// The clock of deadlines, in microseconds.
  var now: Int64 { lws_now_usecs() }

  /// Adds a connection and begins it.
  func begin(_ connection: WebConnection) {
    lastNumber += 1
    connection.number = lastNumber
    connection.deadline = now + connection.microsecondsAllowed
    connections[lastNumber] = connection
    connect(connection)
  }

  func connection(_ number: UInt) -> WebConnection? { connections[number] }

  func forget(_ connection: WebConnection) { connections[connection.number] = nil }

  /// Connects to the first of its hosts' addresses that were not tried.
  func connect(_ connection: WebConnection) {
    guard let address = connection.takeAddress() else { return connection.cannotConnect() }
    guard let host = unsafe host(for: connection.address.isSecure ? connection.trust : nil) else {
      let file = connection.trust.authorities.map { " of '\($0)'" } ?? ""
      return connection.fail(WebError(.invalid, "\(connection.attempt): the certificates\(file) cannot be read; check the file"))
    }
    let made = unsafe WebConnecting(context: context, host: host, address: address, connection: connection).begin()
    guard unsafe made == nil, connection.isWaiting else { return }
    connection.addressFailed("the connection could not be begun", self)
  }

  /// Tries the next address, once the library has let go of this one.
  func tryNext(_ connection: WebConnection) {
    let number = connection.number
    _ = queue.add { core in
      guard let connection = core.connection(number), connection.isWaiting else { return }
      core.connect(connection)
    }
  }

  /// The library's virtual host with the right certificates: nil for none at all.
  private func host(for trust: WebTrust?) -> OpaquePointer? {
    if let host = unsafe hosts[trust] { return unsafe host }
    let made = unsafe makeHost(for: trust)
    if let made = unsafe made { unsafe hosts[trust] = unsafe made }
    return unsafe made
  }

  private func makeHost(for trust: WebTrust?) -> OpaquePointer? {
    var information = unsafe Self.information(tables)
    guard let trust else {
      // Without this the library would read the system's certificates.
      unsafe information.options = jf_websockets_plain_options
      return unsafe lws_create_vhost(context, &information)
    }
    guard let path = trust.authorities else { return unsafe lws_create_vhost(context, &information) }
    return unsafe path.withCString { path in
      guard unsafe access(path, R_OK) == 0 else { return nil }
      unsafe information.client_ssl_ca_filepath = unsafe path
      return unsafe lws_create_vhost(context, &information)
    }
  }
}

// MARK: - Deadlines

extension WebLoopCore {
  private func endThoseOverdue() {
    let now = now
    for connection in connections.values where connection.deadline.map({ $0 <= now }) ?? false {
      connection.deadline = nil
      connection.isOverdue()
    }
  }

  private func setTimer() {
    // Set anew in each turn: it may have fired a moment too early.
    unsafe jf_websockets_sleep_on(timer)
    if let next = connections.values.compactMap(\.deadline).min() { unsafe jf_websockets_wake_in(context, timer, max(next - now, 1)) }
  }
}
