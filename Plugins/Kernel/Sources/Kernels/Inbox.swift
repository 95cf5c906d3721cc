// SPDX-License-Identifier: Apache-2.0

internal import CLinux
internal import Synchronization

/// Brings what a link says to a kernel: put in on the link's thread, and taken there when that has nothing more to read; more than a little is
/// taken in batches by a task.
///
/// A kernel can flood, and nothing it says may be lost: what comes beyond `memory` waits on the disk. Neither side waits for what the other
/// reads, writes or decodes: on a busy machine a link that waits falls behind its kernel, and what it does not take waits in ZeroMQ's memory.
final class Inbox: Sendable {
  /// Bytes that wait in memory, about.
  static let memory = 1 << 20
  /// So many on the disk were a flood; it takes milliseconds to give memory back, and longer to take it again.
  private static let flood = 10_000
  /// What a message takes beside its texts.
  private static let overhead = 400

  /// More than so many events or bytes are not little.
  private static let mostLittle = (events: 16, bytes: 64 << 10)

  private struct State {
    var events: [LinkEvent] = []
    var cost = 0
    var backlog: InboxBacklog?
    /// How many were put on the disk since memory was given back.
    var spilled = 0

    /// The task was told, and has not found it empty since.
    var isTold = false

    var isSpilling: Bool { backlog?.isEmpty == false }
    var isEmpty: Bool { events.isEmpty && !isSpilling }
    var isLittle: Bool { events.count < Inbox.mostLittle.events && cost < Inbox.mostLittle.bytes && !isSpilling }
    var mustSpill: Bool { isSpilling || cost >= Inbox.memory && backlog != nil }

    /// Whether the task is to be told now, which is then noted.
    mutating func mustTell() -> Bool {
      guard !isTold, !isLittle else { return false }
      isTold = true
      return true
    }
  }

  private let state: Mutex<State>
  /// One when there is more than a little; ends behind what is in when the inbox is closed.
  let signals: AsyncStream<Void>
  private let signal: AsyncStream<Void>.Continuation

  /// - Parameter backlog: Where a file may be made; without one all waits in memory.
  init(backlog: String? = nil) {
    state = Mutex(State(backlog: backlog.map { InboxBacklog(path: $0) }))
    (signals, signal) = AsyncStream<Void>.makeStream(bufferingPolicy: .bufferingNewest(1))
  }

  func put(_ event: LinkEvent) {
    let cost = Self.cost(of: event)
    let (mustTell, block) = state.withLock { state in
      var block: InboxBacklog.Queue.Block?
      if state.mustSpill {
        state.spilled += 1
        block = state.backlog?.append(event)
      } else {
        state.events.append(event)
        state.cost += cost
      }
      return (state.mustTell(), block)
    }
    if mustTell { signal.yield() }
    if let block { write(block) }
  }

  /// Whether there is something, and so little that the link's own thread can deal with it.
  var hasLittle: Bool { state.withLock { !$0.isTold && !$0.isEmpty } }

  /// Hands that over; nil when there is nothing, or the task is at it.
  func takeLittle() -> [LinkEvent]? {
    state.withLock { state in
      guard !state.isTold, !state.isEmpty else { return nil }
      defer { (state.events, state.cost) = ([], 0) }
      return state.events
    }
  }

  /// Leaves it to the task.
  func tell() {
    let mustTell = state.withLock { state in
      guard !state.isTold, !state.isEmpty else { return false }
      state.isTold = true
      return true
    }
    if mustTell { signal.yield() }
  }

  private static func cost(of event: LinkEvent) -> Int {
    guard case .message(let message) = event else { return overhead }
    return message.header.count + message.content.count + message.buffers.reduce(overhead) { $0 + $1.count }
  }

  private func write(_ block: InboxBacklog.Queue.Block) {
    let isDone = block.file.write(block.bytes, at: block.offset)
    state.withLock { $0.backlog?.wrote(block, isDone: isDone) }
  }

  /// Ends the signals.
  func close() { signal.finish() }

  /// Hands over the oldest of what came, in order; nil when there is nothing.
  func take() -> [LinkEvent]? {
    let (events, batch) = state.withLock { state -> ([LinkEvent]?, InboxBacklog.Queue.Batch?) in
      guard state.events.isEmpty else {
        defer { (state.events, state.cost) = ([], 0) }
        return (state.events, nil)
      }
      let batch = state.backlog?.take()
      if batch == nil { state.isTold = false }
      return (nil, batch)
    }
    if let events { return events }
    if let batch { return read(batch) }
    giveBackMemory()
    return nil
  }

  /// After a flood the allocator keeps what it took, here and in ZeroMQ, however much it was.
  private func giveBackMemory() {
    let wasFlood = state.withLock { state in
      guard state.spilled >= Self.flood else { return false }
      state.spilled = 0
      return true
    }
    if wasFlood { linux_release_freed_memory() }
  }

  private func read(_ batch: InboxBacklog.Queue.Batch) -> [LinkEvent] {
    switch batch {
    case .other(let event): return [event]
    case .bytes(let bytes): return Self.messages(in: bytes)
    case .written(let offset, let count, let file):
      // It was written through this very descriptor: a disk that gives nothing back is past help.
      let bytes = file.read(count, at: offset)
      state.withLock { $0.backlog?.hasRead(offset, count) }
      return Self.messages(in: bytes)
    }
  }

  private static func messages(in bytes: [UInt8]) -> [LinkEvent] {
    var reader = MessageReader(bytes)
    var events: [LinkEvent] = []
    while let message = reader.message() { events.append(.message(message)) }
    return events
  }
}
