// SPDX-License-Identifier: Apache-2.0

internal import JSON
internal import PluginSDK
internal import ZeroMQ

/// The thread of a registration: takes the one message, answers it, ends.
struct RegistrationListener {
  let kernel: String
  let key: String
  let deadline: ContinuousClock.Instant
  let limit: Duration
  let poller: Poller
  let outcome: RegistrationOutcome

  private static let mostFrameBytes: Int64 = 1 << 16

  /// - Parameter began: Gets the port, or why there is none.
  func run(began: CheckedContinuation<Int, any Error>) {
    let socket: ZeroMQSocket
    do {
      socket = try listen()
    } catch {
      return began.resume(throwing: error)
    }
    // It is bound to TCP, so it has a port.
    began.resume(returning: socket.port ?? 0)
    outcome.settle(Result { try waitForKernel(at: socket) })
  }

  private func listen() throws -> ZeroMQSocket {
    let socket = try ZeroMQSocket(.router, in: ZeroMQContext())
    try socket.setLinger(milliseconds: 1_000)
    try socket.setMaxFrameSize(Self.mostFrameBytes)
    try socket.bind(to: "tcp://127.0.0.1:*")
    poller.add(socket.descriptor, token: 0)
    return socket
  }

  private func waitForKernel(at socket: ZeroMQSocket) throws -> ConnectionInfo {
    let codec = try WireCodec(key: key)
    var lastFault: String?
    var ready: [UInt64] = []
    while !outcome.isSettled {
      while let frames = try socket.receiveIfReady() {
        do {
          return try accept(frames, at: socket, codec)
        } catch {
          lastFault = "\(error)"
        }
      }
      guard deadline > .now else { throw late(lastFault) }
      _ = poller.wait(milliseconds: (deadline - .now).roundedUpMilliseconds, ready: &ready)
    }
    throw PluginFailure("the kernel was no longer waited for", code: "registration_closed", status: .cancelled)
  }

  private func accept(_ frames: [[UInt8]], at socket: ZeroMQSocket, _ codec: WireCodec) throws -> ConnectionInfo {
    let connection = try read(frames, codec)
    let acknowledgement = Array(#"{"status": "ok"}"#.utf8)
    try socket.send(WireCodec.identities(in: frames) + [WireCodec.delimiter, codec.sign(acknowledgement), acknowledgement])
    return connection
  }

  private func read(_ frames: [[UInt8]], _ codec: WireCodec) throws -> ConnectionInfo {
    guard let delimiter = frames.firstIndex(of: WireCodec.delimiter), frames.count == delimiter + 3 else {
      throw PluginFailure("what came was no registration: \(frames.count) frames")
    }
    let content = frames[delimiter + 2]
    guard try codec.isSigned([content], by: frames[delimiter + 1]) else {
      throw PluginFailure("what came was signed with another key")
    }
    guard case .object(var members) = try JSONValue(parsing: content) else { throw PluginFailure("what came was no JSON object") }
    if let told = members["kernel_id"]?.stringValue, told != kernel { throw PluginFailure("another kernel registered here") }
    members["key"] = .string(key)
    members["signature_scheme"] = "hmac-sha256"
    members["transport"] = members["transport"] ?? "tcp"
    return try ConnectionInfo(members)
  }

  private func late(_ fault: String?) -> PluginFailure {
    let reason = fault.map { "; the last thing heard: \($0)" } ?? "; it said nothing, so it may not know how to register"
    return PluginFailure(
      "the kernel did not register within \(limit.inWords)\(reason)", code: "registration_timeout", retryable: true, status: .deadline)
  }
}
