// SPDX-License-Identifier: Apache-2.0

internal import CWebSockets
internal import Glibc

/// What requests and WebSockets have in common: where to, how long, and one end. Belongs to the loop's thread.
@safe class WebConnection {
  /// The library carries it and gives it back.
  var number: UInt = 0
  let address: WebAddress
  let trust: WebTrust
  let headers: [WebHeader]
  /// For sentences: "cannot get 'http://…'".
  let attempt: String
  /// Nil: a WebSocket.
  let method: String?
  /// Sub-protocols, with commas between them; nil without any.
  let offeredProtocols: String?
  let microsecondsAllowed: Int64
  /// When it is overdue, by the loop's clock; nil: never.
  var deadline: Int64?

  /// Numeric, not tried yet.
  private var addresses: [String]
  private var lastRefusal = "nobody answered"
  /// The library's handle, from its first call to its last.
  private(set) var handle: OpaquePointer?
  /// Whether its end was told.
  private(set) var isOver = false
  /// Whether something was sent: then no other address is tried.
  private(set) var wasConnected = false

  init(
    _ address: WebAddress, at addresses: [String], trust: WebTrust, headers: [WebHeader], attempt: String, method: String?,
    offering protocols: [String] = [], within limit: Duration
  ) {
    self.address = address
    self.addresses = addresses
    self.trust = trust
    self.headers = headers
    self.attempt = attempt
    self.method = method
    offeredProtocols = protocols.isEmpty ? nil : protocols.joined(separator: ", ")
    let (seconds, attoseconds) = limit.components
    microsecondsAllowed = min(max(seconds, 0), 1_000_000) * 1_000_000 + attoseconds / 1_000_000_000_000
  }

  /// Whether it is known neither to work nor to have failed.
  var isWaiting: Bool { !isOver }

  func takeAddress() -> String? { addresses.isEmpty ? nil : addresses.removeFirst() }

  // MARK: - What differs

  /// Acts on a call of the library once the common part is done. Below zero: the connection is to be closed.
  func act(_ occasion: WebOccasion) -> Int32 { 0 }

  /// Tells the end. Called once.
  func tellEnd(_ error: WebError) {}

  /// The deadline passed.
  func isOverdue() { fail(WebError(.timeout, "\(attempt): no answer within the time limit")) }

  /// The library could not connect, or the other side spoke no HTTP.
  func connectionFailed(_ reason: String, _ occasion: WebOccasion) {
    if wasConnected { return fail(WebError(.broken, "\(attempt): the server gave no proper answer (\(reason))")) }
    addressFailed(reason, occasion.core)
  }

  // MARK: - Common

  final func handle(_ occasion: WebOccasion) -> Int32 {
    unsafe handle = occasion.handle
    defer { if isOver { occasion.core.forget(self) } }
    switch occasion.reason {
    case LWS_CALLBACK_CLIENT_APPEND_HANDSHAKE_HEADER: return appendHeaders(occasion)
    case LWS_CALLBACK_CLIENT_CONNECTION_ERROR:
      let reason = unsafe String(decoding: occasion.received, as: UTF8.self)
      connectionFailed(reason.isEmpty ? "no reason given" : reason, occasion)
      unsafe handle = nil
      return 0
    case LWS_CALLBACK_WSI_DESTROY:
      unsafe handle = nil
      return 0
    default: return act(occasion)
    }
  }

  /// Ends it with an error; the library's part is closed behind.
  final func fail(_ error: WebError) {
    guard end() else { return }
    if let handle = unsafe handle { unsafe lws_set_timeout(handle, PENDING_TIMEOUT_USER_OK, LWS_TO_KILL_ASYNC) }
    tellEnd(error)
  }

  /// Marks the end; false when it was marked before.
  final func end() -> Bool {
    guard !isOver else { return false }
    isOver = true
    deadline = nil
    return true
  }

  final func cannotConnect() {
    fail(WebError(.unreachable, "\(attempt): \(lastRefusal); check the address, and whether the server runs"))
  }

  final func addressFailed(_ reason: String, _ core: WebLoopCore) {
    lastRefusal = reason
    core.tryNext(self)
  }

  /// Acknowledges at once what arrived and will arrive; the system forgets it with each send and some receives.
  final func acknowledgeAtOnce(_ handle: OpaquePointer) {
    var on: Int32 = 1
    let socket = unsafe lws_get_socket_fd(handle)
    unsafe setsockopt(socket, Int32(IPPROTO_TCP), TCP_QUICKACK, &on, socklen_t(MemoryLayout<Int32>.size))
  }

  /// Asks for a call when something can be sent.
  final func askToWrite() {
    if let handle = unsafe handle { unsafe lws_callback_on_writable(handle) }
  }

  private func appendHeaders(_ occasion: WebOccasion) -> Int32 {
    wasConnected = true
    guard let place = unsafe occasion.bytes?.assumingMemoryBound(to: UnsafeMutablePointer<UInt8>?.self), let start = unsafe place.pointee
    else {
      return -1
    }
    let end = unsafe start + occasion.length
    for header in headers {
      let value = Array(header.value.utf8)
      let failed = unsafe (header.name + ":").withCString { name in
        unsafe name.withMemoryRebound(to: UInt8.self, capacity: header.name.utf8.count + 2) { name in
          unsafe lws_add_http_header_by_name(occasion.handle, name, value, Int32(value.count), place, end)
        }
      }
      guard failed == 0 else {
        fail(WebError(.invalid, "\(attempt): its headers are too long together"))
        return -1
      }
    }
    return act(occasion)
  }
}
