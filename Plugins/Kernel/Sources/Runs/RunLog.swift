// SPDX-License-Identifier: Apache-2.0

internal import PluginSDK
internal import Synchronization

/// All that happened in one run, as chunks in order: the newest in memory, the rest in a file.
///
/// One writes, any number read, each from any number on and as slowly as it likes: a reader that stops costs nothing.
final class RunLog: Sendable {
  /// How many bytes stay in memory before the older half goes to the file.
  static let memory = 256 << 10

  private struct State: ~Copyable {
    var recent: [[UInt8]] = []
    /// The number of the first chunk in memory.
    var first = 0
    var bytes = 0
    var file: RunLogFile?
    /// The newest chunks that neither memory nor disk has: the disk is full. When it takes chunks again, the file has their number.
    var lost: Range<Int>?
    var ending: RunEnding?
    /// Whether it was thrown away; what a thread still prints goes nowhere.
    var isDiscarded = false
  }

  /// How far a reader has come.
  struct Position: Sendable {
    /// The next chunk's number.
    var next: Int
    /// Where the file was read up to, for the chunk `inFile`.
    fileprivate var offset: Int64 = 0
    fileprivate var inFile = 0

    init(from sequence: Int) { next = max(0, sequence) }
  }

  private let path: String
  private let state = Mutex(State())
  private let followers = LogFollowers()

  /// - Parameter path: Of the file, made when it is needed.
  init(path: String) { self.path = path }

  /// How many chunks there are.
  var count: Int { state.withLock { $0.first + $0.recent.count } }

  /// How the run ended; a chunk may still follow. Nil while it has not.
  var ending: RunEnding? { state.withLock { $0.ending } }

  /// Adds the next chunk.
  ///
  /// - Parameter announces: Whether who waits for it is woken; else `announce` is to be called when all that came together is in.
  func append(_ chunk: [UInt8], announces: Bool = true) {
    state.withLock { state in
      guard !state.isDiscarded else { return state.first += 1 }
      state.recent.append(chunk)
      state.bytes += chunk.count
      if state.bytes > Self.memory { spill(&state) }
    }
    if announces { announce() }
  }

  /// Whether somebody waits for chunks.
  var isFollowed: Bool { !followers.isEmpty }

  /// Serves those who wait for chunks.
  func announce() { followers.serve(from: self) }

  /// Lets readers that have read everything go.
  func end(with ending: RunEnding) {
    state.withLock { $0.ending = ending }
    announce()
  }

  /// Reads what there is from a position on, and moves it; empty when there is nothing new.
  ///
  /// - Parameter most: Bytes, but at least one chunk.
  func read(_ position: inout Position, most: Int = 256 << 10) throws -> [[UInt8]] {
    let (chunks, moved) = try state.withLock { [position] state in
      var position = position
      if let lost = state.lost, lost.contains(position.next) {
        let gap = lost.upperBound - position.next
        position.next = lost.upperBound
        return ([Self.gap(gap)], position)
      }
      if position.next < state.first, let file = state.file {
        return (try file.read(from: &position, before: state.lost?.lowerBound ?? state.first, most: most), position)
      }
      if state.isDiscarded { position.next = max(position.next, state.first) }
      var (chunks, bytes) = ([[UInt8]](), 0)
      while position.next - state.first < state.recent.count, bytes < most {
        let chunk = state.recent[position.next - state.first]
        chunks.append(chunk)
        bytes += chunk.count
        position.next += 1
      }
      return (chunks, position)
    }
    position = moved
    return chunks
  }

  /// Gives all chunks from a number on to somebody, to the end of the run.
  ///
  /// - Parameters:
  ///   - offer: Takes a chunk at once, or refuses it. Called by whoever adds it, while this waits.
  ///   - emit: Takes one as soon as there is room for it.
  ///   - ended: Called by whoever ends the run when all was taken at once by then; must not wait.
  /// - Returns: The number of the next chunk.
  func follow(
    from first: Int, offer: @escaping @Sendable ([UInt8]) -> Bool, emit: ([UInt8]) async throws -> Void,
    ended: @escaping @Sendable () -> Void = {}
  ) async throws -> Int {
    var position = Position(from: first)
    while true {
      let isOver = ending != nil
      let chunks = try read(&position)
      for chunk in chunks { try await emit(chunk) }
      guard chunks.isEmpty else { continue }
      if isOver { return position.next }
      position.next = await followers.wait(for: self, at: position.next, offer, ended)
      try Task.checkCancellation()
    }
  }

  /// Offers what a follower has not had, as long as it is in memory and taken, and moves it on.
  ///
  /// - Returns: What it has to do.
  func serve(_ next: inout Int, _ offer: ([UInt8]) -> Bool) -> LogFollowers.Turn {
    while true {
      let (chunks, isElsewhere, isOver) = state.withLock { [next] state in
        let known = next >= state.first && next - state.first < state.recent.count
        return (known ? Array(state.recent[(next - state.first)...]) : [], next < state.first, state.ending != nil)
      }
      if chunks.isEmpty { return isElsewhere ? .read : isOver ? .end : .wait }
      for chunk in chunks {
        guard offer(chunk) else { return .read }
        next += 1
      }
    }
  }

  /// Removes the file. Readers that have not read all of it read no more.
  func discard() {
    let hadFile = state.withLock { state in
      defer { state.file = nil }
      state.isDiscarded = true
      state.first += state.recent.count
      state.recent = []
      return state.file != nil
    }
    if hadFile { RunLogFile.remove(path) }
  }

  /// Puts all but the newest into the file; when it cannot be written, they are counted as lost, and the next ones are tried again.
  private func spill(_ state: inout State) {
    let keeps = state.recent.count > 1 && state.recent[state.recent.count - 1].count < Self.memory / 2 ? state.recent.count / 2 : 0
    let older = state.recent.prefix(state.recent.count - keeps)
    do {
      if state.file == nil { state.file = try RunLogFile(path: path) }
      try state.file?.append(older, afterGap: state.lost?.count ?? 0)
      state.lost = nil
    } catch {
      state.lost = (state.lost?.lowerBound ?? state.first)..<(state.first + older.count)
    }
    state.first += older.count
    state.recent.removeFirst(older.count)
    state.bytes = state.recent.reduce(0) { $0 + $1.count }
  }

  fileprivate static func gap(_ count: Int) -> [UInt8] {
    Array(
      #"{"type":"truncated","content":{"events":\#(count),"note":"\#(count) events of this run were not kept: the disk was full"}}"#.utf8)
  }
}

extension RunLogFile {
  /// Reads chunks from the position's on, in front of the chunk `limit`.
  func read(from position: inout RunLog.Position, before limit: Int, most: Int) throws -> [[UInt8]] {
    if position.inFile > position.next { (position.inFile, position.offset) = (0, 0) }
    while position.inFile < position.next, let record = try record(at: position.offset), position.inFile + record.count <= position.next {
      position.pass(record)
    }
    var (chunks, bytes) = ([[UInt8]](), 0)
    while position.next < limit, bytes < most, let record = try record(at: position.offset) {
      let chunk =
        switch record {
        case .chunk(let chunk): chunk
        case .gap(let count): RunLog.gap(position.inFile + count - position.next)
        }
      chunks.append(chunk)
      bytes += chunk.count
      position.pass(record)
      position.next = position.inFile
    }
    return chunks
  }
}

extension RunLog.Position {
  fileprivate mutating func pass(_ record: RunLogFile.Record) {
    offset += Int64(record.bytes)
    inFile += record.count
  }
}
