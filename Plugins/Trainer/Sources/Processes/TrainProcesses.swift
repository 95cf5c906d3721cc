// SPDX-License-Identifier: Apache-2.0
// A training begun here must not end with the host: it writes into files, which a thread of the host follows as long as there is one.

internal import Glibc
internal import JSON
internal import PluginSDK
internal import Processes
internal import Synchronization

/// The processes that `train.start` began, in this life of the host or an earlier one.
final class TrainProcesses: Sendable {
  fileprivate struct State {
    var records: [String: TrainRecord] = [:]
    /// To be followed from now on.
    var fresh: [String] = []
    var waiters: [UInt64: (id: String, continuation: CheckedContinuation<Void, Never>)] = [:]
    var waiterCount: UInt64 = 0
    var isFinished = false
  }

  /// So many that have ended are remembered.
  private static let mostEnded = 50
  /// So much output may be on its way to the bus.
  private static let mostOnTheWay = 256 << 10

  private let directory: String
  private let port: UInt16
  private let complaints: Complaints
  private let emit: @Sendable (TrainerTopic, [UInt8]) -> Void
  private let mayRead: @Sendable () -> Bool
  fileprivate let poller: Poller
  private let state = Mutex(State())
  private let onTheWay = Monitor(0)
  private let thread = Mutex<OwnedThread?>(nil)

  /// - Parameters:
  ///   - directory: Of the processes' files; made when the first one is begun.
  ///   - port: That trainers connect to.
  ///   - emit: Has an event published. `tookOwn` must follow for each.
  ///   - mayRead: Whether there is room for output. `wake` must follow when there is again.
  init(
    directory: String, port: UInt16, complaints: Complaints, emit: @escaping @Sendable (TrainerTopic, [UInt8]) -> Void,
    mayRead: @escaping @Sendable () -> Bool
  ) throws {
    self.directory = directory
    self.port = port
    self.complaints = complaints
    self.emit = emit
    self.mayRead = mayRead
    poller = try Poller()
  }

  /// Goes on with what an earlier life began.
  func start() throws {
    loadAll()
    let started = try OwnedThread.begin(name: "trainer-process") { [self] in
      var loop = TrainLoop(self)
      loop.run()
    }
    thread.withLock { $0 = started }
  }

  /// Stops following. The processes live on, and their output is followed by the next life.
  func finish() {
    let waiters = state.withLock { state in
      state.isFinished = true
      defer { state.waiters = [:] }
      return state.waiters.values.map(\.continuation)
    }
    for waiter in waiters { waiter.resume() }
    poller.wake()
    thread.withLock { $0.take() }?.join()
  }

  /// Notes that there is room, or something else to look at.
  func wake() { poller.wake() }

  /// Notes that an event of ours has been taken.
  func tookOwn(_ bytes: Int) { onTheWay.change { $0 -= bytes } }

  var list: [TrainRecord] { state.withLock { Array($0.records.values) }.sorted { ($0.started, $0.id) > ($1.started, $1.id) } }

  subscript(_ id: String) -> TrainRecord? { state.withLock { $0.records[id] } }

  // MARK: - Beginning

  /// Begins a process.
  func begin(_ order: TrainOrder) throws -> TrainRecord {
    let id = "proc-" + String(UInt64.random(in: 1 << 44..<1 << 48), radix: 16)
    let place = self.place(id)
    guard SmallFile.makeDirectory(directory), SmallFile.makeDirectory(place) else {
      throw PluginFailure(
        "cannot start '\(order.command[0])': the directory '\(place)' for its output cannot be made; free space, or see its rights")
    }
    let pid: pid_t
    do {
      pid = try TrainSpawn.begin(
        order.command, in: order.directory, environment: order.environment(port: port), output: place + "/stdout",
        errors: place + "/stderr")
    } catch {
      SmallFile.removeDirectory(place, files: Self.files)
      throw error
    }
    var record = TrainRecord(
      id: id, name: order.name ?? id, command: order.command, directory: order.directory, pid: pid,
      began: ProcessStat(pid)?.began ?? 0, started: WallClock.now)
    state.withLock { state in
      publish(.process, record.startedEvent())
      state.records[id] = record
      state.fresh.append(id)
    }
    write(record)
    poller.wake()
    return record
  }

  /// Learns of a session: its process may be one of ours, or the child of one.
  func saw(_ session: Session) {
    guard !session.ancestry.isEmpty, let run = session.run else { return }
    let changed = state.withLock { state -> TrainRecord? in
      guard let id = state.records.values.first(where: { $0.isRunning && session.ancestry.contains($0.pid) })?.id,
        var record = state.records[id], record.session != session.id || record.run != run
      else { return nil }
      let isNew = record.session != session.id
      record.run = run
      record.session = session.id
      if isNew { publish(.process, record.event("process_joined", ["trainer_session": .string(session.id)])) }
      state.records[id] = record
      return record
    }
    if let changed { write(changed) }
  }

  // MARK: - Ending

  /// Tells a process to end, and kills it when it does not.
  ///
  /// - Parameter grace: How long it has.
  func stop(_ id: String, signal: Int32, grace: Duration) async throws -> TrainRecord {
    guard let record = self[id] else {
      throw PluginFailure(
        "there is no process '\(id)'; 'train.list' shows all that are known", code: "process_not_found", status: .notFound)
    }
    guard record.isRunning else { return record }
    // Its number may belong to somebody else by now.
    if ProcessStat(record.pid)?.began == record.began { Spawn.signal(record.pid, signal) }
    if await !hasEnded(id, within: grace), ProcessStat(record.pid)?.began == record.began { Spawn.signal(record.pid, SIGKILL) }
    try Task.checkCancellation()
    guard await hasEnded(id, within: .seconds(10)), let ended = self[id] else {
      throw PluginFailure(
        "process \(record.pid) of '\(id)' was killed and has not ended; it may wait for a device or a disk", retryable: true)
    }
    return ended
  }

  private func hasEnded(_ id: String, within limit: Duration) async -> Bool {
    await withTaskGroup(of: Void.self) { group in
      group.addTask { await self.waitForEnd(id) }
      group.addTask { try? await Task.sleep(for: limit) }
      await group.next()
      group.cancelAll()
    }
    return self[id]?.isRunning == false
  }

  private func waitForEnd(_ id: String) async {
    let number = state.withLock { state in
      state.waiterCount += 1
      return state.waiterCount
    }
    await withTaskCancellationHandler {
      await withCheckedContinuation { continuation in
        let mustWait = state.withLock { state in
          guard state.records[id]?.isRunning == true, !state.isFinished, !Task.isCancelled else { return false }
          state.waiters[number] = (id, continuation)
          return true
        }
        if !mustWait { continuation.resume() }
      }
    } onCancel: {
      state.withLock { $0.waiters.removeValue(forKey: number) }?.continuation.resume()
    }
  }

  // MARK: - Files

  private static let files = ["stdout", "stderr", "process.json", "process.json.new", "position", "position.new"]

  fileprivate func place(_ id: String) -> String { directory + "/" + id }

  private func write(_ record: TrainRecord) {
    guard !SmallFile.write(record.file, to: place(record.id) + "/process.json") else { return }
    complaints.warn("process not written down", ["process": record.id, "consequence": "the next start of the host does not know it"])
  }

  private func loadAll() {
    for id in SmallFile.names(in: directory) where id.hasPrefix("proc-") {
      guard var record = (try? JSONValue(parsing: textFile(place(id) + "/process.json"))).flatMap(TrainRecord.init), record.id == id else {
        continue
      }
      record.sequence = position(of: id).sequence
      state.withLock { state in
        state.records[id] = record
        if record.isRunning { state.fresh.append(id) }
      }
    }
    forgetOldest()
  }

  private func forgetOldest() {
    let forgotten = state.withLock { state -> [String] in
      let ended = state.records.values.filter { !$0.isRunning }.sorted { $0.started > $1.started }
      let forgotten = ended.dropFirst(Self.mostEnded).map(\.id)
      for id in forgotten { state.records[id] = nil }
      return forgotten
    }
    for id in forgotten { SmallFile.removeDirectory(place(id), files: Self.files) }
  }

  /// How far its output was read, and the number of its last event.
  fileprivate func position(of id: String) -> (offsets: [Int], sequence: Int64) {
    let numbers = textFile(place(id) + "/position").split(separator: " ").compactMap { Int64($0) }
    return numbers.count == 3 ? ([Int(numbers[0]), Int(numbers[1])], numbers[2]) : ([0, 0], 1)
  }

  // MARK: - For the loop

  fileprivate func takeFresh() -> [TrainRecord]? {
    state.withLock { state in
      guard !state.isFinished else { return nil }
      defer { state.fresh = [] }
      return state.fresh.compactMap { state.records[$0] }
    }
  }

  fileprivate var hasRoom: Bool { mayRead() }

  /// Publishes lines of output.
  fileprivate func log(_ lines: [(stream: Int, text: String)], of id: String, handedOut: [Int]) {
    let sequence = state.withLock { state -> Int64 in
      for line in lines {
        let event = state.records[id]?.event(
          "log",
          [
            "level": line.stream == 0 ? "info" : "error", "phase": .string(TrainTail.streams[line.stream]), "text": .string(line.text),
          ])
        if let event { publish(.log, event) }
      }
      return state.records[id]?.sequence ?? 0
    }
    _ = SmallFile.write(Array("\(handedOut[0]) \(handedOut[1]) \(sequence)".utf8), to: place(id) + "/position")
    // The pump waits for nobody, so this is short; the limit is for a pump that is no more.
    _ = onTheWay.wait(until: MonotonicClock.after(.seconds(5))) { $0 <= Self.mostOnTheWay ? () : nil }
  }

  /// Publishes and writes down how a process ended, once all its output is published.
  fileprivate func ended(_ id: String, _ ending: ProcessEnding) {
    let (record, waiters) = state.withLock { state -> (TrainRecord?, [CheckedContinuation<Void, Never>]) in
      guard var record = state.records[id] else { return (nil, []) }
      record.ended = WallClock.now
      record.ending = ending
      publish(.process, record.endedEvent())
      state.records[id] = record
      let over = state.waiters.filter { $0.value.id == id }
      for number in over.keys { state.waiters[number] = nil }
      return (record, over.values.map(\.continuation))
    }
    if let record { write(record) }
    for waiter in waiters { waiter.resume() }
    forgetOldest()
  }

  private func publish(_ topic: TrainerTopic, _ event: [UInt8]) {
    onTheWay.change { $0 += event.count }
    emit(topic, event)
  }
}

/// The life of the thread that follows processes and their output.
private struct TrainLoop {
  private struct Followed {
    var tail: TrainTail
    var end: ProcessEnd?
    /// Known before all its output is read.
    var ending: ProcessEnding?
    var pid: pid_t
  }

  private static let watchToken: UInt64 = 0

  private let owner: TrainProcesses
  /// Made when there is something to follow: a user has only so many.
  private var watch: FileWatch?
  private var followed: [String: Followed] = [:]
  private var buffer = [UInt8](repeating: 0, count: 64 << 10)

  init(_ owner: TrainProcesses) { self.owner = owner }

  mutating func run() {
    while let fresh = owner.takeFresh() {
      for record in fresh { follow(record) }
      let hasMore = owner.hasRoom && readAll()
      for ready in owner.poller.wait(milliseconds: hasMore ? 0 : patience) {
        if ready.token == Self.watchToken { watch?.drain() } else { processEnded(pid_t(truncatingIfNeeded: ready.token)) }
      }
    }
    for one in followed.values {
      one.tail.close()
      one.end?.close()
    }
    watch?.close()
  }

  /// Without a watch the files are looked at five times a second.
  private var patience: Int32 { followed.isEmpty || watch != nil ? -1 : 200 }

  private mutating func makeWatch() {
    guard watch == nil, let made = try? FileWatch() else { return }
    owner.poller.set(.reading, was: [], for: made.descriptor, token: Self.watchToken)
    watch = made
  }

  private mutating func follow(_ record: TrainRecord) {
    let place = owner.place(record.id)
    guard let tail = TrainTail(directory: place, offsets: owner.position(of: record.id).offsets) else {
      return owner.ended(record.id, .unknown)
    }
    makeWatch()
    for stream in TrainTail.streams { watch?.add(place + "/" + stream) }
    // A child that has ended waits to be reaped; of others the number may be somebody else's by now.
    let isOurs = record.began == 0 || ProcessStat(record.pid).map { $0.began == record.began } ?? true
    let end = isOurs ? ProcessEnd(record.pid) : nil
    followed[record.id] = Followed(tail: tail, end: end, ending: end == nil ? .unknown : nil, pid: record.pid)
    if let end { owner.poller.set(.reading, was: [], for: end.descriptor, token: UInt64(record.pid)) }
  }

  private mutating func processEnded(_ pid: pid_t) {
    guard let (id, one) = followed.first(where: { $0.value.pid == pid && $0.value.ending == nil }), let end = one.end else { return }
    owner.poller.set([], was: .reading, for: end.descriptor, token: UInt64(pid))
    followed[id]?.ending = Spawn.reap(pid)
  }

  /// - Returns: Whether there may be more.
  private mutating func readAll() -> Bool {
    var hasMore = false
    for id in followed.keys.sorted() {
      guard var one = followed[id] else { continue }
      var lines: [(stream: Int, text: String)] = []
      let more = one.tail.readSome(&buffer) { lines.append(($0, $1)) }
      let isOver = !more && one.ending != nil
      if isOver { one.tail.finish { lines.append(($0, $1)) } }
      followed[id] = one
      if !lines.isEmpty { owner.log(lines, of: id, handedOut: one.tail.handedOut) }
      if isOver { leave(id, one) }
      hasMore = hasMore || more
    }
    return hasMore
  }

  private mutating func leave(_ id: String, _ one: Followed) {
    followed[id] = nil
    one.tail.close()
    one.end?.close()
    owner.ended(id, one.ending ?? .unknown)
  }
}
