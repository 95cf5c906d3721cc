// SPDX-License-Identifier: Apache-2.0

internal import ZeroMQ

/// The life of the links' thread, and all that only it touches.
///
/// A socket's descriptor only tells that something *may* have come, and a send can swallow that news. So after each of both the socket is
/// read until nothing is left; what was not read to its end, for fairness, is read on before the next wait.
struct LinkLoop {
  /// A kernel takes six or seven, so this is enough for four thousand.
  private static let mostSockets: Int32 = 30_000

  private let mailbox: LinkMailbox
  private let context: ZeroMQContext
  private let spool: String?
  private var conversations: [LinkID: Conversation] = [:]
  private var unread: Set<UInt64> = []
  private var ready: [UInt64] = []
  private var stopped: [CheckedContinuation<Void, Never>?] = []

  static func makeContext() throws -> ZeroMQContext { try ZeroMQContext(ioThreads: 1, maxSockets: mostSockets) }

  /// - Parameter spool: A folder for what comes too fast.
  init(mailbox: LinkMailbox, context: ZeroMQContext, spool: String?) {
    self.mailbox = mailbox
    self.spool = spool
    self.context = context
  }

  consuming func run() {
    while stopped.isEmpty {
      let isWoken = mailbox.poller.wait(milliseconds: patience, ready: &ready)
      if isWoken { for order in mailbox.take() { follow(order) } }
      for token in ready { unread.insert(token) }
      readAll()
      doWhatIsDue()
      for conversation in conversations.values { conversation.pause() }
    }
    end()
  }

  private mutating func end() {
    let left = mailbox.close()
    for id in Array(conversations.keys) { close(id) }
    for order in left { refuse(order) }
    for continuation in stopped { continuation?.resume() }
  }

  // MARK: - Orders

  private mutating func follow(_ order: LinkOrder) {
    switch order {
    case .open(let id, let terms, let sink, let continuation):
      continuation.resume(with: Result { try open(id, terms, sink) })
    case .send(let id, let message):
      guard let conversation = conversations[id] else { return }
      conversation.send(message)
      unread.insert(LinkSocket(message.channel).token(of: id))
    case .ready(let id, let waiter):
      guard let conversation = conversations[id] else { return waiter.continuation.resume(throwing: KernelLinks.stopped()) }
      conversation.wait(waiter)
      readChannels(of: id)
    case .giveUp(let id, let waiter): conversations[id]?.giveUp(waiter)
    case .close(let id, let continuation):
      close(id)
      continuation?.resume()
    case .stop(let continuation): stopped.append(continuation)
    }
  }

  /// Answers an order that came too late.
  private func refuse(_ order: LinkOrder) {
    switch order {
    case .open(_, _, _, let continuation): continuation.resume(throwing: KernelLinks.stopped())
    case .ready(_, let waiter): waiter.continuation.resume(throwing: KernelLinks.stopped())
    case .close(_, let continuation), .stop(let continuation): continuation?.resume()
    case .send, .giveUp: break
    }
  }

  private mutating func open(_ id: LinkID, _ terms: LinkTerms, _ sink: @escaping @Sendable (LinkEvent) -> Void) throws {
    let conversation = try Conversation(terms, in: context, spool: spool.map { "\($0)/link-\(id).events" }, sink: sink)
    conversations[id] = conversation
    for channel in KernelChannel.allCases {
      mailbox.poller.add(conversation.sockets.socket(of: channel).descriptor, token: LinkSocket(channel).token(of: id))
    }
    mailbox.poller.add(conversation.sockets.monitor.descriptor, token: LinkSocket.monitor.token(of: id))
    if let heartbeat = conversation.heartbeat { watch(heartbeat.socket, of: id) }
    readChannels(of: id)
    unread.insert(LinkSocket.monitor.token(of: id))
  }

  private mutating func close(_ id: LinkID) {
    guard let conversation = conversations.removeValue(forKey: id) else { return }
    for channel in KernelChannel.allCases { mailbox.poller.remove(conversation.sockets.socket(of: channel).descriptor) }
    mailbox.poller.remove(conversation.sockets.monitor.descriptor)
    if let heartbeat = conversation.heartbeat { mailbox.poller.remove(heartbeat.socket.descriptor) }
    conversation.close()
  }

  // MARK: - Reading

  private mutating func readAll() {
    let tokens = unread
    unread.removeAll(keepingCapacity: true)
    for token in tokens {
      guard let (id, socket) = LinkSocket.of(token), let conversation = conversations[id] else { continue }
      if Self.read(socket, of: conversation) { unread.insert(token) }
      if conversation.isLate { unread.insert(LinkSocket.intake.token(of: id)) }
    }
  }

  /// Reads what a socket has.
  ///
  /// - Returns: Whether there may be more.
  private static func read(_ socket: LinkSocket, of conversation: Conversation) -> Bool {
    do {
      if let channel = socket.channel { return try conversation.drain(channel) }
      if socket == .intake { return conversation.catchUp() }
      if socket == .heartbeat { try conversation.listenToHeart() } else { try conversation.watchConnection() }
    } catch {
      conversation.failed("cannot read from the kernel: \(error)")
    }
    return false
  }

  private mutating func readChannels(of id: LinkID) {
    for channel in KernelChannel.allCases { unread.insert(LinkSocket(channel).token(of: id)) }
  }

  // MARK: - Time

  private var patience: Int32 {
    guard unread.isEmpty else { return 0 }
    guard let next = conversations.values.lazy.compactMap(\.deadline).min() else { return -1 }
    return (next - .now).roundedUpMilliseconds
  }

  private mutating func doWhatIsDue() {
    let now = ContinuousClock.now
    for (id, conversation) in conversations {
      guard let deadline = conversation.deadline, deadline <= now else { continue }
      act(conversation, id, now)
    }
  }

  private mutating func act(_ conversation: Conversation, _ id: LinkID, _ now: ContinuousClock.Instant) {
    do {
      let old = try conversation.act(now: now)
      if let old, let heartbeat = conversation.heartbeat {
        mailbox.poller.remove(old.descriptor)
        watch(heartbeat.socket, of: id)
      }
    } catch {
      conversation.failed("cannot ask the kernel: \(error)")
    }
    readChannels(of: id)
    if conversation.heartbeat != nil { unread.insert(LinkSocket.heartbeat.token(of: id)) }
  }

  private mutating func watch(_ heartbeat: ZeroMQSocket, of id: LinkID) {
    mailbox.poller.add(heartbeat.descriptor, token: LinkSocket.heartbeat.token(of: id))
    unread.insert(LinkSocket.heartbeat.token(of: id))
  }
}
