// SPDX-License-Identifier: Apache-2.0
// What a runner says, carried out. Nothing in it is taken on trust: its plugin may have written over its memory.
import PluginBridge
import Synchronization

extension RunnerInstance {
  /// Reads until the line is closed, on a thread of its own.
  func read(_ link: RunnerLink) {
    var reader = FrameReader(descriptor: link.process.line)
    do throws(FrameFault) {
      while true {
        let frame = try reader.next()
        guard take(frame, link) else { break }
        if !reader.hasFrame { link.topics.tellPlaced() }
      }
    } catch {
      if error == .malformed { logger.error("plugin's process spoke nonsense; it is ended", ["plugin": terms.id]) }
    }
    lineClosed(link)
  }

  /// Returns false when the runner has said what no runner says.
  private func take(_ frame: Frame, _ link: RunnerLink) -> Bool {
    switch frame.kind {
    case .started: hasStarted(link)
    case .failed: hasFailed(frame, link)
    case .emit, .progress, .finish, .forget: return answer(frame)
    case .start: start(frame, link)
    case .grant: if let call = made(frame.call) { switchboard.grant(call, chunks: frame.a) }
    case .cancel: if let call = made(frame.call) { switchboard.cancel(call) }
    case .openTopic: return openTopic(frame, link)
    case .publish:
      guard frame.payload.count <= terms.limits.eventBytes else { return false }
      link.topics.publish(frame.a, content: frame.content, payload: frame.payload)
    case .eventsTaken:
      guard let index = Int(exactly: frame.a), link.pumps.indices.contains(index) else { return false }
      link.pumps[index].taken(frame.b)
      // While it stops, the supervisor waits for the last one.
      if state.withLock({ $0.phase == .stopping }) { wake.ring() }
    case .log: logger.log(LogLevel(rawValue: Int(clamping: frame.a)) ?? .info, frame.name, values: LogValues.decoded(frame.payload))
    case .health: note(health: frame)
    case .ack: acknowledged(frame)
    case .pong:
      if state.withLock({ $0.pings.answer(frame.a) }) { releaseHeld() }
      // The supervisor looks when the next ping is due.
      wake.ring()
    case .stopped: hasStopped(frame)
    case .sampled: sampled(frame)
    default: return false
    }
    return true
  }

  // MARK: Calls that the plugin answers

  private func answer(_ frame: Frame) -> Bool {
    guard frame.content != .json || Self.isText(frame.payload) else { return false }
    let ends = frame.kind == .finish || frame.kind == .forget
    let call = state.withLock { state in ends ? state.open.removeValue(forKey: frame.call) : state.open[frame.call] }
    guard let call else {
      // It was given up; its record waited for this.
      if ends, switchboard.call(frame.call, of: owner) != nil { _ = switchboard.calls.remove(frame.call) }
      return true
    }
    switch frame.kind {
    case .emit: _ = switchboard.emit(call, content: frame.content, payload: frame.payload)
    case .progress: _ = switchboard.progress(call, partsPerMillion: UInt32(clamping: frame.a), note: frame.name)
    case .finish: _ = switchboard.finish(call, status: frame.status, content: frame.content, payload: frame.payload)
    default: _ = switchboard.calls.remove(frame.call)
    }
    noteActivity()
    if ends { noteAnswered() }
    return true
  }

  private static func isText(_ payload: [UInt8]) -> Bool { (try? UTF8Span(validating: payload.span)) != nil }

  // MARK: Calls that the plugin makes

  private func start(_ frame: Frame, _ link: RunnerLink) {
    let number = frame.call
    let request = CallRequest(
      command: frame.name, payload: frame.payload, content: frame.content, deadline: frame.b, credit: frame.c, parent: frame.a)
    let receiver = RunnerReceiver(writer: link.writer, number: number) { [self] in forgetMade($0) }
    switchboard.call(request, receiver: receiver) { id in state.withLock { $0.made[number] = id } }
  }

  private func made(_ number: UInt64) -> CallID? { state.withLock { $0.made[number] } }

  private func forgetMade(_ number: UInt64) { state.withLock { _ = $0.made.removeValue(forKey: number) } }

  private func openTopic(_ frame: Frame, _ link: RunnerLink) -> Bool {
    guard terms.publishes.contains(where: { $0.matches(frame.name) }) else { return false }
    link.topics.open(frame.a, frame.name)
    return true
  }

  // MARK: Life

  private func hasStarted(_ link: RunnerLink) {
    let started = state.withLock { state in
      if state.phase == .starting { state.phase = .running }
      return state.started.take()
    }
    started?(.success(()))
    releaseHeld()
    for pump in link.pumps { pump.pump() }
    noteActivity()
  }

  /// The process has nothing left to do: closing its line ends it.
  private func hasFailed(_ frame: Frame, _ link: RunnerLink) {
    let started = state.withLock { state in
      state.phase = .stopping
      state.hasStopped = true
      return state.started.take()
    }
    started?(.failure(PluginFault(String(decoding: frame.payload.prefix(8 << 10), as: UTF8.self))))
    link.process.hangUp()
  }

  private func hasStopped(_ frame: Frame) {
    state.withLock { state in
      state.hasStopped = true
      if let counts = InstanceCounters.Snapshot(decoding: frame.payload) { state.counts = counts }
    }
    wake.ring()
  }

  private func acknowledged(_ frame: Frame) {
    let isFree = state.withLock { state in
      if let counts = InstanceCounters.Snapshot(decoding: frame.payload) { state.counts = counts }
      return state.pings.acknowledge(frame.a, current: frame.b)
    }
    if isFree { releaseHeld() }
  }

  private func note(health frame: Frame) {
    guard let level = PluginHealth.Level(rawValue: UInt32(clamping: frame.a)) else { return }
    state.withLock { state in
      state.health.level = level
      state.health.message = frame.name
    }
  }

  private func sampled(_ frame: Frame) {
    let lines = String(decoding: frame.payload, as: UTF8.self).split(separator: "\n").map(String.init)
    state.withLock { state in
      state.sample = lines
      if case .sampling = state.ladder { state.ladder = .sampling(until: 0) }
    }
    wake.ring()
  }
}
