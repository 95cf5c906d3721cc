// SPDX-License-Identifier: Apache-2.0
// A trainer cuts its line when a write takes half a second, so the door must never wait for a slow subscriber: it puts what it read here.

internal import PluginSDK

/// The queue between the door and the pump: in memory, then in a file, then, when the disk is full, refusing.
///
/// One thread appends, one takes. The order is kept over all three places: `head` is older than the file, the file older than `tail`.
package final class Spool: Sendable {
  /// Where the newest bytes go.
  package enum Phase: Sendable, Equatable {
    case memory
    case file
    /// The file cannot grow, for the reason given: the door must stop reading.
    case full(reason: String)
  }

  package struct Usage: Sendable, Equatable {
    package var memoryBytes: Int
    package var fileBytes: Int
    package var phase: Phase
  }

  private struct State {
    var head = Fifo<Arrival>()
    var headCost = 0
    var file: SpoolFile?
    var tail = Fifo<Arrival>()
    var tailCost = 0
    private(set) var phase = Phase.memory
    /// Phases entered and not yet told.
    private var news: [Phase] = []
    var isFinished = false
    /// The most that was in memory since freed memory was last given back.
    var highWater = 0

    var isEmpty: Bool { head.isEmpty && file == nil && tail.isEmpty }

    mutating func enter(_ next: Phase) {
      guard next != phase else { return }
      phase = next
      news.append(next)
    }

    mutating func takeNews() -> [Phase] {
      defer { news = [] }
      return news
    }
  }

  private static let batchCost = 1 << 20
  private static let largestMerged = 64 << 10
  /// Below it, what the spool held in memory is not worth giving back to the system.
  private static let worthReleasing = 8 << 20

  private let memoryBytes: Int
  private let path: String
  private let onChange: @Sendable (Phase) -> Void
  private let state = Monitor(State())

  /// Makes an empty spool.
  ///
  /// - Parameters:
  ///   - memoryBytes: How much is kept in memory before a file is begun.
  ///   - path: Of the file, which exists only while there is something in it.
  ///   - onChange: Told each new phase, on the appending or the taking thread, outside of any lock.
  package init(memoryBytes: Int, path: String, onChange: @escaping @Sendable (Phase) -> Void) {
    self.memoryBytes = memoryBytes
    self.path = path
    self.onChange = onChange
  }

  package var usage: Usage {
    state.read { Usage(memoryBytes: $0.headCost + $0.tailCost, fileBytes: $0.file?.waitingBytes ?? 0, phase: $0.phase) }
  }

  /// Adds what was seen. It is always kept.
  ///
  /// - Returns: False when the reading must stop until `onChange` tells a phase that is not `full`.
  package func append(_ arrival: Arrival) -> Bool {
    let (phase, news) = state.change { state in
      place(arrival, in: &state)
      return (state.phase, state.takeNews())
    }
    for phase in news { onChange(phase) }
    if case .full = phase { return false }
    return true
  }

  /// Waits for something and takes what is there, oldest first, about a mebibyte at most.
  ///
  /// - Returns: Nil once the spool is finished and empty.
  package func take() -> [Arrival]? {
    if isEmptyAfterARush() { releaseFreedMemory() }
    let taken = state.wait { state -> Taken? in
      guard !state.isEmpty else { return state.isFinished ? Taken(batch: nil, news: []) : nil }
      let batch = takeBatch(from: &state)
      return Taken(batch: batch, news: state.takeNews())
    }
    for phase in taken?.news ?? [] { onChange(phase) }
    return taken?.batch
  }

  private func isEmptyAfterARush() -> Bool {
    state.change { state in
      guard state.isEmpty, state.highWater >= Self.worthReleasing else { return false }
      state.highWater = 0
      return true
    }
  }

  private struct Taken {
    var batch: [Arrival]?
    var news: [Phase]
  }

  /// Lets `take` end when all has been taken.
  package func finish() { state.change { $0.isFinished = true } }

  /// Throws away what nobody took, with its file.
  ///
  /// - Returns: How many bytes that were.
  package func discard() -> Int {
    state.change { state in
      let lost = state.headCost + state.tailCost + (state.file?.waitingBytes ?? 0)
      state.file?.remove()
      state = State()
      state.isFinished = true
      return lost
    }
  }

  // MARK: - Placing

  private func place(_ arrival: Arrival, in state: inout State) {
    defer { state.highWater = max(state.highWater, state.headCost + state.tailCost) }
    if state.file == nil, state.tail.isEmpty, state.headCost + arrival.cost <= memoryBytes {
      state.headCost += Self.add(arrival, to: &state.head)
      return
    }
    if state.tail.isEmpty {
      do {
        if state.file == nil { state.file = try SpoolFile(path: path) }
        try state.file?.append(arrival)
        state.enter(.file)
        return
      } catch {
        state.enter(.full(reason: error.description))
      }
    }
    state.tailCost += Self.add(arrival, to: &state.tail)
  }

  /// Appends, merging small pieces of one stream: a peer that sends single bytes must not cost a record each.
  ///
  /// - Returns: The cost added.
  private static func add(_ arrival: Arrival, to queue: inout Fifo<Arrival>) -> Int {
    if arrival.kind == .bytes, let newest = queue.newest, newest.kind == .bytes, newest.connection == arrival.connection,
      newest.bytes.count + arrival.bytes.count <= largestMerged
    {
      queue.newest?.bytes += arrival.bytes
      return arrival.bytes.count
    }
    queue.append(arrival)
    return arrival.cost
  }

  // MARK: - Taking

  private func takeBatch(from state: inout State) -> [Arrival] {
    var batch: [Arrival] = []
    var cost = 0
    while cost < Self.batchCost, let arrival = state.head.popFirst() {
      cost += arrival.cost
      batch.append(arrival)
    }
    state.headCost -= cost
    if batch.isEmpty { batch = takeFromFile(of: &state) }
    if state.head.isEmpty, state.file == nil {
      swap(&state.head, &state.tail)
      swap(&state.headCost, &state.tailCost)
    }
    settle(&state)
    return batch
  }

  private func takeFromFile(of state: inout State) -> [Arrival] {
    guard let file = state.file else { return [] }
    do {
      let batch = try file.take(upTo: Self.batchCost)
      if file.waitingBytes == 0 {
        file.remove()
        state.file = nil
      }
      return batch
    } catch {
      // The disk gave back less than it was given: what was in the file is lost, which `full` says.
      file.remove()
      state.file = nil
      state.enter(.full(reason: error.description))
      return []
    }
  }

  /// Finds the phase that follows from what is where.
  private func settle(_ state: inout State) {
    guard state.file == nil, state.tail.isEmpty, state.headCost <= memoryBytes / 2 else { return }
    state.enter(.memory)
  }
}
