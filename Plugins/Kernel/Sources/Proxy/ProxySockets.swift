// SPDX-License-Identifier: Apache-2.0

internal import FoundationEssentials
internal import JSON
internal import ZeroMQ

/// What a kernel binds, bound for front ends. For the door's thread.
final class ProxySockets {
  /// Messages on iopub that wait for a front end that does not read; what comes then it misses. Kernels have 1 000.
  static let mostUnread: Int32 = 10_000

  private let shell: ZeroMQSocket
  private let control: ZeroMQSocket
  private let stdin: ZeroMQSocket
  private let iopub: ZeroMQSocket
  private let heartbeat: ZeroMQSocket?
  private let codec: WireCodec
  private let poller: Poller
  /// Whether somebody has ever subscribed to iopub.
  private(set) var isHeard = false

  init(_ connection: ConnectionInfo, poller: Poller) throws {
    let context = try ZeroMQContext()
    codec = try WireCodec(key: connection.key, scheme: connection.signatureScheme)
    self.poller = poller
    var keys: CurveKeys?
    if let publicKey = connection.curvePublicKey, let secretKey = connection.curveSecretKey {
      keys = CurveKeys(publicKey: publicKey, secretKey: secretKey)
    }
    func bound(_ kind: ZeroMQSocketKind, _ endpoint: String) throws -> ZeroMQSocket {
      let socket = try ZeroMQSocket(kind, in: context)
      try socket.setLinger(milliseconds: 1_000)
      try socket.setSendLimit(kind == .xpub ? Self.mostUnread : 0)
      try socket.setReceiveLimit(0)
      // A front end that comes back under its name takes its own place; one that is gone must not stop the others.
      if kind == .router { try socket.setHandover(true) }
      if kind == .xpub { try socket.setVerbose(true) }
      if let keys { try socket.serveCurve(keys) }
      try socket.bind(to: endpoint)
      poller.add(socket.descriptor, token: 0)
      return socket
    }
    shell = try bound(.router, connection.endpoint(of: .shell))
    control = try bound(.router, connection.endpoint(of: .control))
    stdin = try bound(.router, connection.endpoint(of: .stdin))
    iopub = try bound(.xpub, connection.endpoint(of: .iopub))
    heartbeat = try connection.heartbeatEndpoint.map { try bound(.router, $0) }
  }

  deinit {
    for socket in [shell, control, stdin, iopub, heartbeat].compactMap({ $0 }) { poller.remove(socket.descriptor) }
  }

  // MARK: - Out

  func send(_ message: KernelMessage, to receiver: [[UInt8]]) throws {
    let socket =
      switch message.channel {
      case .shell: shell
      case .control: control
      case .stdin, .iopub: stdin
      }
    try socket.send(codec.encode(message, to: receiver))
  }

  func publish(_ message: KernelMessage) throws {
    let topic = Array((message.messageHeader?.type ?? "message").utf8)
    try iopub.send(codec.encode(message, to: [topic]))
  }

  // MARK: - In

  /// Reads what there is, but not without end.
  ///
  /// - Returns: Whether there may be more.
  func read(session: String, _ receive: (ProxyRequest) -> Void, _ refused: (String) -> Void) -> Bool {
    var isBusy = false
    do {
      if let heartbeat { while let frames = try heartbeat.receiveIfReady() { try heartbeat.send(frames) } }
      while let frames = try iopub.receiveIfReady() { try welcome(frames, session) }
      for (channel, socket) in [(KernelChannel.control, control), (.shell, shell), (.stdin, stdin)] {
        var count = 0
        while count < 1_000, let frames = try socket.receiveIfReady() {
          count += 1
          do {
            receive(ProxyRequest(message: try codec.decode(frames, on: channel), sender: WireCodec.identities(in: frames)))
          } catch {
            refused("\(error)")
          }
        }
        isBusy = isBusy || count == 1_000
      }
    } catch {
      refused("cannot read from a front end: \(error)")
    }
    return isBusy
  }

  /// Tells a new subscriber that it is heard (JEP 65): without it, it does not know from when on it misses nothing.
  private func welcome(_ frames: [[UInt8]], _ session: String) throws {
    guard let frame = frames.first, frame.first == 1 else { return }
    isHeard = true
    let topic = Array(frame.dropFirst())
    let content = JSONValue.object(["subscription": .string(String(decoding: topic, as: UTF8.self))]).bytes()
    let message = KernelMessage.request("iopub_welcome", session: session, content: content, channel: .iopub)
    try iopub.send(codec.encode(message, to: [topic]))
  }
}
