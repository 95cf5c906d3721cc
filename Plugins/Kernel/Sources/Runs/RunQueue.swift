// SPDX-License-Identifier: Apache-2.0

/// The runs that wait for one kernel: first come first served for each client, and clients in turn.
struct RunQueue: Sendable {
  private(set) var waiting: [QueuedRun] = []
  /// When each client was served last, in turns; clients with nothing waiting are forgotten.
  private var served: [String: Int] = [:]
  private var turn = 0
  /// Nothing is begun while this holds.
  var isPaused = false

  /// Adds a run at the end of its client's.
  mutating func append(_ run: QueuedRun) { waiting.append(run) }

  /// Takes the run that is next, unless the queue is paused.
  mutating func takeNext() -> QueuedRun? {
    guard !isPaused, let index = nextIndex else { return nil }
    let run = waiting.remove(at: index)
    turn += 1
    let clients = Set(waiting.map(\.description.client))
    served = served.filter { clients.contains($0.key) }
    served[run.description.client] = turn
    return run
  }

  /// The order in which runs will be taken, as far as it is known now.
  var order: [QueuedRun] {
    var copy = self
    copy.isPaused = false
    var runs: [QueuedRun] = []
    while let run = copy.takeNext() { runs.append(run) }
    return runs
  }

  /// Takes a run out; nil when it does not wait here.
  mutating func remove(_ id: String) -> QueuedRun? {
    waiting.firstIndex { $0.description.id == id }.map { waiting.remove(at: $0) }
  }

  /// Takes all out, or those of a batch.
  mutating func removeAll(ofBatch batch: String? = nil) -> [QueuedRun] {
    let taken = waiting.filter { batch == nil || $0.batch == batch }
    waiting.removeAll { batch == nil || $0.batch == batch }
    return taken
  }

  /// Makes a run the next one, before any other client's; false when it does not wait here.
  mutating func runNext(_ id: String) -> Bool {
    guard let index = waiting.firstIndex(where: { $0.description.id == id }) else { return false }
    var run = waiting.remove(at: index)
    run.isNext = true
    waiting.insert(run, at: 0)
    return true
  }

  private var nextIndex: Int? {
    if let first = waiting.first, first.isNext { return 0 }
    return waiting.indices.min { one, other in
      let (one, other) = ((turn(of: waiting[one]), one), (turn(of: waiting[other]), other))
      return one < other
    }
  }

  private func turn(of run: QueuedRun) -> Int { served[run.description.client] ?? 0 }
}
