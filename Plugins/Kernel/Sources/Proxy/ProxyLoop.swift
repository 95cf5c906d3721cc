// SPDX-License-Identifier: Apache-2.0

internal import Crypto
internal import JSON
internal import ZeroMQ

/// The life of a proxy's thread, and the sockets only it touches.
final class ProxyLoop {
  private static let heartbeatToken: UInt64 = 7
  private static let mostFrameBytes: Int64 = 1 << 30

  private let mailbox: ProxyMailbox
  private let target: any ProxyTarget
  private let codec: WireCodec
  private let sockets: [KernelChannel: ZeroMQSocket]
  private let heartbeat: ZeroMQSocket?
  private let session: String
  private var clients = ProxyClients()

  init(_ connection: ConnectionInfo, mailbox: ProxyMailbox, target: any ProxyTarget) throws {
    self.mailbox = mailbox
    self.target = target
    codec = try WireCodec(key: connection.key, scheme: connection.signatureScheme)
    session = try RandomBytes.hexadecimal(16)
    let context = try ZeroMQContext()
    var sockets: [KernelChannel: ZeroMQSocket] = [:]
    for channel in KernelChannel.allCases { sockets[channel] = try Self.bind(channel, connection, context) }
    self.sockets = sockets
    heartbeat = try connection.heartbeatEndpoint.map { endpoint in
      let socket = try ZeroMQSocket(.router, in: context)
      try socket.setLinger(milliseconds: 0)
      try socket.bind(to: endpoint)
      return socket
    }
    for (channel, socket) in sockets { mailbox.poller.add(socket.descriptor, token: LinkSocket(channel).rawValue) }
    if let heartbeat { mailbox.poller.add(heartbeat.descriptor, token: Self.heartbeatToken) }
  }

  private static func bind(_ channel: KernelChannel, _ connection: ConnectionInfo, _ context: ZeroMQContext) throws -> ZeroMQSocket {
    let socket = try ZeroMQSocket(channel == .iopub ? .xpub : .router, in: context)
    try socket.setLinger(milliseconds: 1_000)
    try socket.setMaxFrameSize(mostFrameBytes)
    // A front end that reads slowly loses nothing, as with a kernel.
    try socket.setSendLimit(0)
    if channel == .iopub { try socket.setVerbose(true) } else { try socket.setHandover(true) }
    try socket.bind(to: connection.endpoint(of: channel))
    return socket
  }

  func run() {
    var ready: [UInt64] = []
    while true {
      let (messages, isLast) = mailbox.take()
      for message in messages { deliver(message) }
      if isLast { break }
      readAll()
      _ = mailbox.poller.wait(milliseconds: -1, ready: &ready)
    }
    for socket in sockets.values { mailbox.poller.remove(socket.descriptor) }
    if let heartbeat { mailbox.poller.remove(heartbeat.descriptor) }
    mailbox.ended()
  }

  // MARK: - From the front ends

  /// All of them: a send can swallow the news of what came.
  private func readAll() {
    while let frames = try? heartbeat?.receiveIfReady() { _ = try? heartbeat?.send(frames, waits: false) }
    for (channel, socket) in sockets {
      while let frames = try? socket.receiveIfReady() {
        if channel == .iopub { subscribed(frames) } else { receive(frames, on: channel) }
      }
    }
  }

  private func receive(_ frames: [[UInt8]], on channel: KernelChannel) {
    // What is wrongly signed is nobody's: a kernel drops it too.
    guard let message = try? codec.decode(frames, on: channel), let header = message.messageHeader else { return }
    let client = WireCodec.identities(in: frames)
    clients.remember(header.id, of: client)
    if header.type == "shutdown_request" { return shutDown(message, header, client) }
    target.frontEndSent(message)
  }

  private func shutDown(_ request: KernelMessage, _ header: MessageHeader, _ client: [[UInt8]]) {
    let restart = (try? JSONValue(parsing: request.contentJSON))?["restart"] == .bool(true)
    let content = JSONValue.object(["status": "ok", "restart": .bool(restart)]).bytes()
    for channel in [request.channel, .iopub] {
      send(own("shutdown_reply", on: channel, parent: request.header, content: content), to: client)
    }
    target.frontEndAskedForShutdown(restart: restart)
  }

  private func subscribed(_ frames: [[UInt8]]) {
    guard let frame = frames.first, frame.first == 1 else { return }
    let topic = Array(frame.dropFirst())
    let content = JSONValue.object(["subscription": .string(String(decoding: topic, as: UTF8.self))]).bytes()
    let welcome = own("iopub_welcome", on: .iopub, parent: Array("{}".utf8), content: content)
    guard let frames = try? codec.encode(welcome, to: [topic]) else { return }
    _ = try? sockets[.iopub]?.send(frames, waits: false)
  }

  private func own(_ type: String, on channel: KernelChannel, parent: [UInt8], content: [UInt8]) -> KernelMessage {
    let id = (try? RandomBytes.hexadecimal(16)) ?? ""
    let header = MessageHeader(id: id, type: type, session: session, username: "jackfield", date: MessageDate.now)
    return KernelMessage(channel: channel, header: header.json, parentHeader: parent, metadata: Array("{}".utf8), content: content)
  }

  // MARK: - To the front ends

  private func deliver(_ message: KernelMessage) {
    guard message.channel != .iopub else { return send(message, to: []) }
    guard let request = message.parent?.id, let client = clients.client(of: request) else { return }
    send(message, to: client)
  }

  private func send(_ message: KernelMessage, to client: [[UInt8]]) {
    let isPublished = message.channel == .iopub
    let address = isPublished ? [Array("kernel.\(session).\(message.messageHeader?.type ?? "")".utf8)] : client
    // Nobody who asked is there any more: dropped, as by a kernel.
    guard let frames = try? codec.encode(message, to: address) else { return }
    _ = try? sockets[message.channel]?.send(frames, waits: false)
  }
}
