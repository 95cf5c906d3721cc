// SPDX-License-Identifier: Apache-2.0
// A trainer cuts its line when a write takes half a second, and waits for nothing: what a slow subscriber holds back is kept here.

internal import PluginSDK
internal import Synchronization

/// The queue of events between the pump and the publisher: in memory, then in files, then, when the disk is full, refusing.
///
/// One thread appends, one takes. The order is kept over all places: `head` is older than the files, the files older than `tail`. What
/// an earlier life left in files is older than everything.
final class Spool: Sendable {
  /// Where the newest events go.
  enum Phase: Sendable, Equatable {
    case memory
    case file
    /// The files cannot grow, for the reason given: the door must stop reading.
    case full(reason: String)
  }

  /// What the owner is told, in order, outside of any lock of the spool, on the appending or the taking thread.
  enum News: Sendable, Equatable {
    case entered(Phase)
    /// So many bytes in a file cannot be read back.
    case lost(bytes: Int, reason: String)
  }

  struct Usage: Sendable, Equatable {
    var memoryBytes: Int
    var fileBytes: Int
    var phase: Phase
  }

  /// What the publisher gets.
  struct Taken: Sendable, Equatable {
    var events: EventBatch
    /// An earlier life read them.
    var isLeftover = false
    /// With it ends what an earlier life left.
    var isEndOfLeftovers = false
  }

  /// Where the events come from that were taken last and may not all be published.
  private struct InHand {
    var file: SpoolFile
    var start: Int
    var isLastOfFile: Bool
  }

  private struct State {
    /// Given back; older than everything else.
    var returned: EventBatch?
    var head = Fifo<EventBatch>()
    var headCost = 0
    var files: [SpoolFile] = []
    var tail = Fifo<EventBatch>()
    var tailCost = 0
    var inHand: InHand?
    /// Its events were given back; older than everything else.
    var returnedFile: SpoolFile?
    var lastNumber: UInt64 = 0
    private(set) var phase = Phase.memory
    private var news: [News] = []
    var isFinished = false
    /// The most that was in memory since freed memory was last given back.
    var highWater = 0

    var isEmpty: Bool { head.isEmpty && files.isEmpty && tail.isEmpty }

    mutating func enter(_ next: Phase) {
      guard next != phase else { return }
      phase = next
      news.append(.entered(next))
    }

    mutating func lost(_ bytes: Int, _ reason: String) { news.append(.lost(bytes: bytes, reason: reason)) }

    mutating func takeNews() -> [News] {
      defer { news = [] }
      return news
    }

    var hasNews: Bool { !news.isEmpty }
  }

  private static let pieceBytes = 1 << 20
  private static let largestMerged = 64 << 10
  /// Below it, what the spool held in memory is not worth giving back to the system.
  private static let worthReleasing = 8 << 20

  private let memoryBytes: Int
  private let fileBytes: Int
  private let directory: String
  private let onNews: @Sendable (News) -> Void
  private let state: Monitor<State>
  private let telling = Mutex(())
  private let full = Atomic(false)

  /// Makes a spool that holds what an earlier one left in its directory.
  ///
  /// - Parameters:
  ///   - memoryBytes: How much is kept in memory before a file is begun.
  ///   - fileBytes: How long a file becomes before the next is begun. A file's space is free when all of it is published.
  ///   - directory: Of the files, which exist only while there is something in them.
  init(memoryBytes: Int, fileBytes: Int = 64 << 20, directory: String, onNews: @escaping @Sendable (News) -> Void) {
    self.memoryBytes = memoryBytes
    self.fileBytes = fileBytes
    self.directory = directory
    self.onNews = onNews
    var state = State()
    for number in SpoolFile.numbers(in: directory) {
      state.lastNumber = number
      do {
        state.files.append(try SpoolFile(leftover: number, in: directory))
      } catch {
        state.lost(0, error.description)
      }
    }
    if !state.files.isEmpty { state.enter(.file) }
    self.state = Monitor(state)
  }

  var usage: Usage {
    state.read { state in
      Usage(
        memoryBytes: state.headCost + state.tailCost, fileBytes: state.files.reduce(0) { $0 + $1.waitingBytes }, phase: state.phase)
    }
  }

  /// Whether the reading must stop until an `entered` tells a phase that is not `full`. Any thread, at no cost.
  var isFull: Bool { full.load(ordering: .acquiring) }

  /// Adds events. They are always kept.
  func append(_ events: EventBatch) {
    guard !events.isEmpty else { return }
    let hasNews = state.change { state in
      place(events, in: &state)
      return settled(state)
    }
    if hasNews { tell() }
  }

  /// Waits for something and takes what is there, oldest first, about a mebibyte at most. What was taken before counts as published.
  ///
  /// - Returns: Nil once the spool is finished and empty.
  func take() -> Taken? {
    if isEmptyAfterARush() { releaseFreedMemory() }
    let taken = state.wait { state -> (taken: Taken?, hasNews: Bool)? in
      letGo(&state)
      guard !state.isEmpty else { return state.isFinished ? (nil, false) : nil }
      let taken = takeOldest(from: &state)
      return (taken, settled(state))
    }
    if taken?.hasNews == true { tell() }
    return taken?.taken
  }

  private func isEmptyAfterARush() -> Bool {
    state.change { state in
      guard state.isEmpty, state.highWater >= Self.worthReleasing else { return false }
      state.highWater = 0
      return true
    }
  }

  /// Lets `take` end when all has been taken.
  func finish() { state.change { $0.isFinished = true } }

  /// Notes the phase where it can be asked for cheaply.
  ///
  /// - Returns: Whether there is something to tell.
  private func settled(_ state: State) -> Bool {
    if case .full = state.phase { full.store(true, ordering: .releasing) } else { full.store(false, ordering: .releasing) }
    return state.hasNews
  }

  /// Tells what is new; one thread after the other, so that the last told is the last that happened.
  private func tell() {
    telling.withLock { _ in
      for news in state.change({ $0.takeNews() }) { onNews(news) }
    }
  }
}

// MARK: - Placing

extension Spool {
  private func place(_ events: EventBatch, in state: inout State) {
    defer { state.highWater = max(state.highWater, state.headCost + state.tailCost) }
    var events = events
    if state.files.isEmpty, state.tail.isEmpty, state.headCost + events.cost <= memoryBytes {
      state.headCost += Self.add(events, to: &state.head)
      return
    }
    if state.tail.isEmpty {
      do {
        try write(&events, in: &state)
        return state.enter(.file)
      } catch {
        state.enter(.full(reason: error.description))
      }
    }
    state.tailCost += Self.add(events, to: &state.tail)
  }

  /// Appends to the newest file, or to a new one.
  private func write(_ events: inout EventBatch, in state: inout State) throws(SystemError) {
    if let newest = state.files.last, !newest.isLeftover, newest.size < fileBytes { return try newest.append(&events) }
    // Even numbers, so that an odd one is free before it.
    let number = (state.lastNumber | 1) + 1
    let file = try SpoolFile(new: number, in: directory)
    do {
      try file.append(&events)
    } catch {
      file.remove()
      throw error
    }
    state.lastNumber = number
    state.files.append(file)
  }

  /// Appends, merging small batches: a trickle of single lines must not cost an array each.
  ///
  /// - Returns: The cost added.
  private static func add(_ events: EventBatch, to queue: inout Fifo<EventBatch>) -> Int {
    if let newest = queue.newest, newest.records.count + events.records.count <= largestMerged {
      queue.newest?.append(events)
      return events.records.count
    }
    queue.append(events)
    return events.cost
  }
}

// MARK: - Taking

extension Spool {
  private func takeOldest(from state: inout State) -> Taken {
    var taken = Taken(events: EventBatch())
    if let events = state.head.popFirst() {
      state.headCost -= events.cost
      taken.events = events
    } else if let file = state.files.first {
      taken = takeFrom(file, in: &state)
    }
    if state.head.isEmpty, state.files.isEmpty {
      swap(&state.head, &state.tail)
      swap(&state.headCost, &state.tailCost)
    }
    if state.files.isEmpty, state.tail.isEmpty, state.headCost <= memoryBytes / 2 { state.enter(.memory) }
    return taken
  }

  private func takeFrom(_ file: SpoolFile, in state: inout State) -> Taken {
    var events = EventBatch()
    do {
      let piece = try file.take(upTo: Self.pieceBytes)
      events = piece.events
      state.inHand = InHand(file: file, start: piece.start, isLastOfFile: file.waitingBytes == 0)
      if piece.tornBytes > 0 { state.lost(piece.tornBytes, "the end of a spool file was cut off or changed") }
    } catch {
      state.lost(file.waitingBytes, error.description)
      state.inHand = InHand(file: file, start: 0, isLastOfFile: true)
    }
    if state.inHand?.isLastOfFile == true { state.files.removeFirst() }
    return Taken(
      events: events, isLeftover: file.isLeftover,
      isEndOfLeftovers: file.isLeftover && state.files.first?.isLeftover != true)
  }

  /// What was taken before is published.
  private func letGo(_ state: inout State) {
    guard let done = state.inHand else { return }
    state.inHand = nil
    if done.isLastOfFile { done.file.remove() } else { done.file.publishedAll() }
  }
}

// MARK: - Keeping for the next life

extension Spool {
  /// What became of the rest.
  struct Kept: Sendable, Equatable {
    /// In files, to be read by the next life.
    var bytes = 0
    /// Found no place there, and why.
    var lostBytes = 0
    var reason: String?
  }

  /// Takes back what could not be published of the last `take`. Nobody may take any more.
  ///
  /// - Parameter offset: Of the first event that is not published.
  func giveBack(_ taken: Taken, from offset: Int) {
    state.change { state in
      guard let inHand = state.inHand else {
        state.returned = taken.events.suffix(from: offset)
        return
      }
      inHand.file.unread(to: inHand.start + offset)
      if inHand.isLastOfFile { state.returnedFile = inHand.file }
      state.inHand = nil
    }
  }

  /// Writes what is only in memory into files, for the next life. Nobody may append or take any more.
  func preserve() -> Kept {
    state.change { state in
      var kept = Kept()
      writeOldest(in: &state, &kept)
      while var events = state.tail.popFirst() {
        do throws(SystemError) { try write(&events, in: &state) } catch { kept.lose(events, error) }
      }
      state.headCost = 0
      state.tailCost = 0
      kept.bytes = ([state.returnedFile].compactMap(\.self) + state.files).reduce(0) { $0 + $1.waitingBytes }
      return kept
    }
  }

  /// Writes what is older than all files but one that was given back into a file before them.
  private func writeOldest(in state: inout State, _ kept: inout Kept) {
    let number = state.files.first.map { $0.number - 1 } ?? (state.lastNumber | 1) + 1
    var file: SpoolFile?
    func write(_ events: consuming EventBatch) {
      do throws(SystemError) {
        let open = if let file { file } else { try SpoolFile(new: number, in: directory) }
        file = open
        try open.append(&events)
      } catch {
        kept.lose(events, error)
      }
    }
    if let returned = state.returned { write(returned) }
    state.returned = nil
    while let events = state.head.popFirst() { write(events) }
    guard let file else { return }
    state.lastNumber = max(state.lastNumber, number)
    state.files.insert(file, at: 0)
  }
}

extension Spool.Kept {
  fileprivate mutating func lose(_ events: EventBatch, _ error: SystemError) {
    lostBytes += events.records.count
    reason = error.description
  }
}
