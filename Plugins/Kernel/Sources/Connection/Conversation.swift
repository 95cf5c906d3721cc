// SPDX-License-Identifier: Apache-2.0

internal import PluginSDK
internal import ZeroMQ

/// All of one link that lives on the links' thread.
final class Conversation {
  private static let welcome = Array("iopub_welcome\"".utf8)
  /// One kernel that floods must not keep the others waiting.
  private static let mostInARow = 256
  /// So many are taken out of a socket when they are not looked at.
  private static let mostUnread = 2_048
  /// So many of those that wait are looked at between two looks at the sockets.
  private static let mostLate = 128

  let terms: LinkTerms
  let sockets: KernelSockets
  private let codec: WireCodec
  private let sink: @Sendable (LinkEvent) -> Void
  private let marker: [UInt8]
  /// The message that is being looked at.
  private var frames = WireFrames()
  private let frame = ZeroMQMessage()
  private var intake: Intake
  private var readiness: Readiness?
  private var waiters: [ReadinessWaiter] = []
  private var presence: KernelPresence
  private var health: LinkHealth
  private(set) var heartbeat: Heartbeat?
  /// Whether something was passed on since the last pause.
  private var hasTold = false

  /// - Parameter spool: Where a file may be made for what comes too fast.
  init(_ terms: LinkTerms, in context: ZeroMQContext, spool: String?, sink: @escaping @Sendable (LinkEvent) -> Void) throws {
    self.terms = terms
    intake = Intake(path: spool)
    self.sink = sink
    codec = try WireCodec(key: terms.connection.key, scheme: terms.connection.signatureScheme)
    sockets = try KernelSockets(terms, in: context)
    marker = Readiness.marker(session: terms.session)
    presence = KernelPresence(ours: terms.session)
    health = LinkHealth(terms)
    if terms.isAttached, let socket = try sockets.openHeartbeat() {
      heartbeat = Heartbeat(socket, every: terms.heartbeatInterval, now: .now)
    }
  }

  // MARK: - Sending

  func send(_ message: KernelMessage) {
    do {
      try sockets.socket(of: message.channel).send(codec.encode(message), waits: false)
    } catch {
      tell(.refused("cannot send on \(message.channel.rawValue): \(error)"))
    }
  }

  // MARK: - Receiving

  /// Takes messages out of a channel's socket, and looks at the first of them, unless others wait that came before.
  ///
  /// - Returns: Whether there may be more.
  func drain(_ channel: KernelChannel) throws -> Bool {
    let socket = sockets.socket(of: channel)
    for count in 0..<Self.mostUnread {
      guard try frames.receive(from: socket, through: frame) else { return false }
      if count < Self.mostInARow, intake.isEmpty {
        receive(frames, on: channel)
      } else {
        intake.append(frames, on: channel)
      }
    }
    return true
  }

  /// Whether messages wait to be looked at.
  var isLate: Bool { !intake.isEmpty }

  /// Looks at some of the messages that wait.
  ///
  /// - Returns: Whether there are more.
  func catchUp() -> Bool {
    for _ in 0..<Self.mostLate {
      guard let (channel, frames) = intake.next() else { return false }
      receive(frames, on: channel)
    }
    return isLate
  }

  private func receive(_ frames: WireFrames, on channel: KernelChannel) {
    do {
      let message = try codec.decode(frames, on: channel)
      if let session = presence.change(in: message) { tell(.restarted(session)) }
      if !isOurs(message) { tell(.message(message)) }
    } catch {
      health.refused("\(error)")
      tell(.refused("\(error)"))
    }
  }

  /// Whether a message is part of finding out about readiness, and of no interest to anybody else.
  private func isOurs(_ message: KernelMessage) -> Bool {
    if message.parentHeader.holds(marker) {
      if message.channel != .iopub { presence.learn(from: message) }
      readiness?.sawAnswer(message, now: .now)
    } else if message.channel == .iopub, message.header.holds(Self.welcome) {
      readiness?.sawWelcome(message)
    } else {
      return false
    }
    settleReadiness()
    return true
  }

  // MARK: - Readiness

  func wait(_ waiter: ReadinessWaiter) {
    waiters.append(waiter)
    guard readiness == nil else { return }
    do {
      let fresh = try Readiness(session: terms.session, now: .now)
      try sockets.socket(of: .iopub).subscribe(to: fresh.topic)
      readiness = fresh
      try ask()
    } catch {
      endReadiness(.failure(error))
    }
  }

  func giveUp(_ waiter: UInt64) {
    guard let index = waiters.firstIndex(where: { $0.id == waiter }) else { return }
    waiters.remove(at: index).continuation.resume(throwing: CancellationError())
    if waiters.isEmpty { endReadiness(.failure(CancellationError())) }
  }

  private func ask() throws {
    guard let id = try readiness?.ask(now: .now) else { return }
    // On control too: a busy kernel answers there. Two ids: of two messages with one signature a kernel refuses the second.
    for channel in [KernelChannel.control, .shell] {
      let header = MessageHeader(
        id: "\(id)-\(channel.rawValue)", type: "kernel_info_request", session: terms.session, username: "jackfield", date: MessageDate.now)
      send(KernelMessage(header, on: channel, content: Array("{}".utf8)))
    }
  }

  private func settleReadiness() {
    if let result = readiness?.result(hasStdin: sockets.socket(of: .stdin).isWritable, now: .now) { endReadiness(.success(result)) }
  }

  private func endReadiness(_ result: Result<[UInt8], any Error>) {
    if let readiness {
      // It fails only for a topic that was not subscribed to.
      try? sockets.socket(of: .iopub).unsubscribe(from: readiness.topic)
    }
    readiness = nil
    let ended = waiters
    waiters = []
    for waiter in ended { waiter.continuation.resume(with: result) }
  }

  // MARK: - Time

  /// When something is to be done though nothing happens; nil when never.
  var deadline: ContinuousClock.Instant? {
    let times = [readiness?.nextQuestion, waiters.map(\.deadline).min(), heartbeat?.due, health.lossDeadline]
    return times.compactMap { $0 }.min()
  }

  /// Does what is due.
  ///
  /// - Returns: The heartbeat's former socket, when there is a new one.
  func act(now: ContinuousClock.Instant) throws -> ZeroMQSocket? {
    for waiter in waiters where waiter.deadline <= now { expire(waiter) }
    settleReadiness()
    if let readiness, readiness.nextQuestion <= now { try ask() }
    report(health.act(now: now))
    guard var beating = heartbeat, beating.due <= now else { return nil }
    let old = try beating.beat(now: now) { try sockets.openHeartbeat() }
    heartbeat = beating
    report(health.heart(isMissing: beating.isMissing, now: now))
    return old
  }

  private func expire(_ waiter: ReadinessWaiter) {
    waiters.removeAll { $0.id == waiter.id }
    waiter.continuation.resume(throwing: health.notReady(after: waiter.limit, hasReplied: readiness?.reply != nil))
    if waiters.isEmpty { endReadiness(.failure(CancellationError())) }
  }

  // MARK: - Health

  func listenToHeart() throws {
    guard var beating = heartbeat else { return }
    try beating.listen()
    heartbeat = beating
    report(health.heart(isMissing: beating.isMissing, now: .now))
  }

  func watchConnection() throws {
    while let event = try sockets.monitor.next() { report(health.saw(event.kind, now: .now)) }
  }

  private func report(_ event: LinkEvent?) {
    if let event { tell(event) }
  }

  private func tell(_ event: LinkEvent) {
    hasTold = true
    sink(event)
  }

  /// Lets whoever listens deal with what was passed on.
  func pause() {
    guard hasTold else { return }
    hasTold = false
    sink(.quiet)
  }

  /// Tells that a socket of ours does not work.
  func failed(_ reason: String) { tell(.refused(reason)) }

  /// Tells those who wait that nothing comes any more.
  func close() { endReadiness(.failure(KernelLinks.stopped())) }
}
