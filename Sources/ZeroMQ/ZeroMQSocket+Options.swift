// SPDX-License-Identifier: Apache-2.0

internal import CZeroMQ

extension ZeroMQSocket {
  /// Sets the name that routers know this socket by: 1 to 255 bytes, the first not 0. Before `connect`.
  public func setIdentity(_ identity: [UInt8]) throws(ZeroMQError) {
    try set(ZMQ_ROUTING_ID, to: identity, "the identity")
  }

  /// Sets for how many milliseconds a closed socket goes on sending what was not sent; -1 for ever.
  public func setLinger(milliseconds: Int32) throws(ZeroMQError) { try set(ZMQ_LINGER, to: milliseconds, "linger") }

  /// Sets how many received messages may wait; 0 any number. Beyond it a sub socket drops, the others make the sender wait.
  public func setReceiveLimit(_ messages: Int32) throws(ZeroMQError) { try set(ZMQ_RCVHWM, to: messages, "the receive limit") }

  /// Sets how many messages may wait to be sent; 0 any number.
  public func setSendLimit(_ messages: Int32) throws(ZeroMQError) { try set(ZMQ_SNDHWM, to: messages, "the send limit") }

  /// Sets how long a waiting receive waits; -1 for ever.
  public func setReceiveTimeout(milliseconds: Int32) throws(ZeroMQError) {
    try set(ZMQ_RCVTIMEO, to: milliseconds, "the receive timeout")
  }

  /// Sets how long a waiting send waits; -1 for ever.
  public func setSendTimeout(milliseconds: Int32) throws(ZeroMQError) { try set(ZMQ_SNDTIMEO, to: milliseconds, "the send timeout") }

  /// Sets how many bytes one frame may have; a peer that sends more is disconnected. -1 any number.
  public func setMaxFrameSize(_ bytes: Int64) throws(ZeroMQError) {
    var value = bytes
    guard unsafe zmq_setsockopt(handle, ZMQ_MAXMSGSIZE, &value, 8) == 0 else {
      throw ZeroMQError("set the greatest frame of a \(kind.rawValue) socket to \(bytes) bytes")
    }
  }

  /// Sets whether messages wait for a peer only where one is connected already.
  public func setImmediate(_ on: Bool) throws(ZeroMQError) { try set(ZMQ_IMMEDIATE, to: on ? 1 : 0, "immediate") }

  /// Sets whether a peer with the identity of another takes its place (router).
  public func setHandover(_ on: Bool) throws(ZeroMQError) { try set(ZMQ_ROUTER_HANDOVER, to: on ? 1 : 0, "router handover") }

  /// Sets whether sending to an unknown peer is an error (router).
  public func setMandatory(_ on: Bool) throws(ZeroMQError) { try set(ZMQ_ROUTER_MANDATORY, to: on ? 1 : 0, "router mandatory") }

  /// Sets whether each subscription is told, also those that others made before (xpub).
  public func setVerbose(_ on: Bool) throws(ZeroMQError) { try set(ZMQ_XPUB_VERBOSE, to: on ? 1 : 0, "xpub verbose") }

  /// Sets how soon a broken connection is made again, at first and at most.
  public func setReconnect(milliseconds: Int32, atMost: Int32) throws(ZeroMQError) {
    try set(ZMQ_RECONNECT_IVL, to: milliseconds, "the reconnect interval")
    try set(ZMQ_RECONNECT_IVL_MAX, to: atMost, "the longest reconnect interval")
  }

  /// Has the system find out when a silent peer is gone: after `idleSeconds`, and `count` questions `intervalSeconds` apart.
  public func setKeepAlive(idleSeconds: Int32, intervalSeconds: Int32, count: Int32) throws(ZeroMQError) {
    try set(ZMQ_TCP_KEEPALIVE, to: 1, "keepalive")
    try set(ZMQ_TCP_KEEPALIVE_IDLE, to: idleSeconds, "keepalive idle")
    try set(ZMQ_TCP_KEEPALIVE_INTVL, to: intervalSeconds, "keepalive interval")
    try set(ZMQ_TCP_KEEPALIVE_CNT, to: count, "keepalive count")
  }

  /// Receives what begins with these bytes; all, when there are none (sub).
  public func subscribe(to topic: [UInt8]) throws(ZeroMQError) { try set(ZMQ_SUBSCRIBE, to: topic, "a subscription") }

  /// Takes one subscription back (sub).
  public func unsubscribe(from topic: [UInt8]) throws(ZeroMQError) { try set(ZMQ_UNSUBSCRIBE, to: topic, "the end of a subscription") }

  /// Lets only clients connect that know this pair's public key, encrypted. Before `bind`.
  public func serveCurve(_ keys: CurveKeys) throws(ZeroMQError) {
    try set(ZMQ_CURVE_SERVER, to: 1, "curve server")
    try set(ZMQ_CURVE_SECRETKEY, to: Array(keys.secretKey.utf8), "the curve secret key")
  }

  /// Talks encrypted, and only with the server of that key. Before `connect`.
  ///
  /// - Parameter serverKey: Z85, 40 characters.
  public func useCurve(_ keys: CurveKeys, serverKey: String) throws(ZeroMQError) {
    try set(ZMQ_CURVE_SERVERKEY, to: Array(serverKey.utf8), "the curve server key")
    try set(ZMQ_CURVE_PUBLICKEY, to: Array(keys.publicKey.utf8), "the curve public key")
    try set(ZMQ_CURVE_SECRETKEY, to: Array(keys.secretKey.utf8), "the curve secret key")
  }

  /// A descriptor that becomes readable when something *may* have changed: then, and after every send, receive until there is nothing.
  public var descriptor: Int32 {
    var value: Int32 = -1
    var size = 4
    _ = unsafe zmq_getsockopt(handle, ZMQ_FD, &value, &size)
    return value
  }

  /// Whether a receive would find a message. Also looks after what the descriptor told.
  public var isReadable: Bool { events & ZMQ_POLLIN != 0 }

  /// Whether a send would find room. With `setImmediate` there is none before somebody is connected. Also looks after what the descriptor told.
  public var isWritable: Bool { events & ZMQ_POLLOUT != 0 }

  private var events: Int32 {
    var value: Int32 = 0
    var size = 4
    return unsafe zmq_getsockopt(handle, ZMQ_EVENTS, &value, &size) == 0 ? value : 0
  }

  private func set(_ option: Int32, to value: Int32, _ name: String) throws(ZeroMQError) {
    var value = value
    guard unsafe zmq_setsockopt(handle, option, &value, 4) == 0 else {
      throw ZeroMQError("set \(name) of a \(kind.rawValue) socket to \(value)")
    }
  }

  private func set(_ option: Int32, to value: [UInt8], _ name: String) throws(ZeroMQError) {
    guard unsafe zmq_setsockopt(handle, option, value, value.count) == 0 else {
      throw ZeroMQError("set \(name) of a \(kind.rawValue) socket, \(value.count) bytes")
    }
  }
}
