// SPDX-License-Identifier: Apache-2.0

internal import ZeroMQ

/// The four sockets of a conversation with a kernel, connected; and what watches one of them. For the links' thread.
final class KernelSockets {
  private let shell: ZeroMQSocket
  private let control: ZeroMQSocket
  private let stdin: ZeroMQSocket
  private let iopub: ZeroMQSocket
  let monitor: ZeroMQMonitor
  private let context: ZeroMQContext
  private let terms: LinkTerms
  /// Fresh for each conversation, when the kernel's sockets are encrypted.
  private let keys: CurveKeys?

  init(_ terms: LinkTerms, in context: ZeroMQContext) throws {
    self.context = context
    self.terms = terms
    keys = terms.connection.curvePublicKey == nil ? nil : try CurveKeys.make()
    shell = try ZeroMQSocket(.dealer, in: context)
    control = try ZeroMQSocket(.dealer, in: context)
    stdin = try ZeroMQSocket(.dealer, in: context)
    iopub = try ZeroMQSocket(.sub, in: context)
    monitor = try ZeroMQMonitor(of: iopub)
    try iopub.subscribe(to: [])
    for channel in [KernelChannel.iopub, .control, .shell, .stdin] { try connect(channel) }
  }

  func socket(of channel: KernelChannel) -> ZeroMQSocket {
    switch channel {
    case .shell: shell
    case .control: control
    case .stdin: stdin
    case .iopub: iopub
    }
  }

  /// A socket for the heartbeat, connected; nil for a kernel that has none.
  func openHeartbeat() throws -> ZeroMQSocket? {
    guard let endpoint = terms.connection.heartbeatEndpoint else { return nil }
    let socket = try ZeroMQSocket(.req, in: context)
    try socket.setLinger(milliseconds: 0)
    try encrypt(socket)
    try socket.connect(to: endpoint)
    return socket
  }

  private func connect(_ channel: KernelChannel) throws {
    let socket = socket(of: channel)
    // What was asked last, as a shutdown, still leaves when all is closed; a gone kernel does not hold us up for long.
    try socket.setLinger(milliseconds: channel == .iopub ? 0 : 1_000)
    // Beyond a limit a sub socket drops without a word. There is none: what comes is taken out at once.
    try socket.setReceiveLimit(0)
    try socket.setSendLimit(0)
    try socket.setMaxFrameSize(terms.mostFrameBytes)
    try socket.setReconnect(milliseconds: 20, atMost: 1_000)
    if terms.connection.transport == "tcp" { try socket.setKeepAlive(idleSeconds: 60, intervalSeconds: 20, count: 3) }
    if channel != .iopub { try socket.setIdentity(Array(terms.session.utf8)) }
    // So that it counts as writable only when the kernel has it: a question to a name it does not know yet would be dropped.
    if channel == .stdin { try socket.setImmediate(true) }
    try encrypt(socket)
    try socket.connect(to: terms.connection.endpoint(of: channel))
  }

  private func encrypt(_ socket: ZeroMQSocket) throws {
    guard let keys, let server = terms.connection.curvePublicKey else { return }
    try socket.useCurve(keys, serverKey: server)
  }
}
