// SPDX-License-Identifier: Apache-2.0

internal import PluginSDK

/// The way from kernels to the thread that keeps results: in order, without loss, and bounded in memory.
///
/// So many bytes wait in memory; what comes beyond goes to a file, a quarter of a megabyte at a time, and is read back when its turn comes.
/// Whoever records waits for one write to the page cache now and then, never for the disk or the database. When that file cannot be
/// written, memory takes it all the same: the thread behind this queue never waits for a disk to have room.
final class RecorderQueue: Sendable {
  /// What there is to do.
  enum Turn: Sendable {
    case entries([RecorderEntry])
    case job(@Sendable (ResultKeeper) -> Void)
    /// Nothing came until the deadline.
    case idle
    case closed
  }

  private enum Chunk: Sendable {
    case onDisk(count: Int, entries: Int)
    case inMemory([UInt8], entries: Int)
  }

  private struct Job: Sendable {
    /// How many entries are to be done before.
    var after: Int
    var body: @Sendable (ResultKeeper) -> Void
  }

  private struct State: Sendable {
    /// Entries that came, and that were handed out: how jobs know their turn.
    var offered = 0
    var taken = 0
    var entriesInBuffer = 0
    var entries: [RecorderEntry] = []
    var cost = 0
    var spilled: [Chunk] = []
    var buffer: [UInt8] = []
    /// Beginnings and endings, which are few, stay in memory.
    var kept: [UInt64: RecorderEntry] = [:]
    var nextKept: UInt64 = 0
    var file: DiskFile?
    var written = 0
    var read = 0
    var jobs: [Job] = []
    var isClosed = false

    var isSpilling: Bool { !spilled.isEmpty || !buffer.isEmpty }
  }

  private static let chunkBytes = 256 << 10

  private let state: Monitor<State>
  private let path: String
  private let limit: Int

  init(path: String, limit: Int) {
    self.path = path
    self.limit = limit
    // A `DiskFile` is touched under the lock alone.
    state = Monitor(State())
  }

  func offer(_ entry: RecorderEntry) {
    let (path, limit) = (path, limit)
    state.changeWaking { state in
      let wasEmpty = state.entries.isEmpty && !state.isSpilling
      state.offered += 1
      if state.isSpilling || state.cost >= limit {
        Self.spill(entry, &state, path)
      } else {
        state.entries.append(entry)
        state.cost += entry.cost
      }
      // The one thread behind this looks again by itself when there was something before.
      return wasEmpty ? .all : .one
    }
  }

  private static func spill(_ entry: RecorderEntry, _ state: inout State, _ path: String) {
    if case .happened(let event, let run) = entry {
      state.buffer.append(1)
      EventCodec.write(event, run: run, to: &state.buffer)
    } else {
      state.buffer.append(0)
      EventCodec.write(state.nextKept, to: &state.buffer)
      state.kept[state.nextKept] = entry
      state.nextKept += 1
    }
    state.entriesInBuffer += 1
    if state.buffer.count >= chunkBytes { writeBuffer(&state, path) }
  }

  private static func writeBuffer(_ state: inout State, _ path: String) {
    do {
      let file = try state.file ?? DiskFile(path: path, .new)
      state.file = file
      try file.append(state.buffer)
      state.spilled.append(.onDisk(count: state.buffer.count, entries: state.entriesInBuffer))
      state.buffer.removeAll(keepingCapacity: true)
    } catch {
      state.spilled.append(.inMemory(state.buffer, entries: state.entriesInBuffer))
      state.buffer = []
    }
    state.entriesInBuffer = 0
  }

  /// Hands over something to be done after all that came before.
  ///
  /// - Returns: False when the queue is closed.
  func offer(job: @escaping @Sendable (ResultKeeper) -> Void) -> Bool {
    state.change { state in
      guard !state.isClosed else { return false }
      state.jobs.append(Job(after: state.offered, body: job))
      return true
    }
  }

  /// Gives what is next; blocks until there is something. What was spilled comes a chunk at a time.
  func take(until deadline: UInt64?) -> Turn {
    let turn: Turn? = state.wait(until: deadline) { state in
      if let job = state.jobs.first, state.taken >= job.after { return .job(state.jobs.removeFirst().body) }
      if !state.entries.isEmpty {
        state.taken += state.entries.count
        defer {
          state.entries = []
          state.cost = 0
        }
        return .entries(state.entries)
      }
      if state.isSpilling { return .entries(Self.readBack(&state)) }
      return state.isClosed ? .closed : nil
    }
    return turn ?? .idle
  }

  private static func readBack(_ state: inout State) -> [RecorderEntry] {
    let bytes: [UInt8]
    if state.spilled.isEmpty {
      bytes = state.buffer
      state.taken += state.entriesInBuffer
      state.entriesInBuffer = 0
      state.buffer = []
    } else {
      switch state.spilled.removeFirst() {
      case .inMemory(let chunk, let entries):
        bytes = chunk
        state.taken += entries
      case .onDisk(let count, let entries):
        state.taken += entries
        // It was written through this very descriptor; a disk that gives nothing back is past help, and an empty chunk loses no more.
        bytes = (try? state.file?.read(at: state.read, count)) ?? []
        state.read += count
        guard bytes.count == count else { return [] }
      }
    }
    if state.spilled.isEmpty {
      state.file?.truncate(to: 0)
      state.read = 0
    }
    return decode(bytes, &state)
  }

  private static func decode(_ bytes: [UInt8], _ state: inout State) -> [RecorderEntry] {
    var entries: [RecorderEntry] = []
    var index = 0
    while index < bytes.count {
      index += 1
      if bytes[index - 1] == 1 {
        let (event, run) = EventCodec.read(bytes, &index)
        entries.append(.happened(event, run: run))
      } else if let entry = state.kept.removeValue(forKey: EventCodec.readNumber(bytes, &index)) {
        entries.append(entry)
      }
    }
    return entries
  }

  /// Lets the thread end once it has taken what is there.
  func close() { state.change { $0.isClosed = true } }

  /// Bytes that wait in memory, and on the disk.
  var depth: (memory: Int, disk: Int) {
    state.read { state in
      let memory = state.spilled.reduce(state.cost + state.buffer.count) {
        if case .inMemory(let chunk, _) = $1 { $0 + chunk.count } else { $0 }
      }
      return (memory, (state.file?.count ?? 0) - state.read)
    }
  }
}
