// SPDX-License-Identifier: Apache-2.0

internal import CZeroMQ

/// A socket that carries messages of several frames. Not for two threads at once, and best on one thread for life.
///
/// Closed when the last reference goes; what was sent and has not left is then kept for as long as `linger` says.
@safe
public final class ZeroMQSocket {
  /// How it talks.
  public let kind: ZeroMQSocketKind
  let handle: UnsafeMutableRawPointer
  let context: ZeroMQContext
  let scratch: ZeroMQMessage

  /// Opens a socket that talks to nobody yet.
  public init(_ kind: ZeroMQSocketKind, in context: ZeroMQContext) throws(ZeroMQError) {
    guard let handle = unsafe zmq_socket(context.handle, kind.number) else { throw ZeroMQError("open a \(kind.rawValue) socket") }
    self.kind = kind
    self.context = context
    unsafe self.handle = handle
    scratch = ZeroMQMessage()
  }

  deinit {
    unsafe zmq_close(handle)
  }

  /// Connects, now or as soon as somebody listens there, and again whenever the connection breaks.
  ///
  /// - Parameter endpoint: As "tcp://127.0.0.1:5555" or "ipc:///run/x.sock"; a path has room for 107 bytes.
  public func connect(to endpoint: String) throws(ZeroMQError) {
    guard unsafe zmq_connect(handle, endpoint) == 0 else { throw ZeroMQError("connect a \(kind.rawValue) socket to '\(endpoint)'") }
  }

  /// Ends the connection to an endpoint that was connected to; what came from there is gone.
  public func disconnect(from endpoint: String) throws(ZeroMQError) {
    guard unsafe zmq_disconnect(handle, endpoint) == 0 else {
      throw ZeroMQError("disconnect a \(kind.rawValue) socket from '\(endpoint)'")
    }
  }

  /// Listens at an address. "tcp://127.0.0.1:*" takes a free port; see `endpoint`.
  public func bind(to endpoint: String) throws(ZeroMQError) {
    guard unsafe zmq_bind(handle, endpoint) == 0 else { throw ZeroMQError("bind a \(kind.rawValue) socket to '\(endpoint)'") }
  }

  /// Where it was last bound or connected, with the port that was taken.
  public var endpoint: String {
    var text = [CChar](repeating: 0, count: 512)
    var size = text.count
    guard unsafe zmq_getsockopt(handle, ZMQ_LAST_ENDPOINT, &text, &size) == 0 else { return "" }
    return String(decoding: text.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
  }

  /// The TCP port it is bound to; nil without one.
  public var port: Int? {
    guard endpoint.hasPrefix("tcp://"), let colon = endpoint.lastIndex(of: ":") else { return nil }
    return Int(endpoint[endpoint.index(after: colon)...])
  }
}
