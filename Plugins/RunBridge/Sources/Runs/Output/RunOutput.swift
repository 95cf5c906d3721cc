// SPDX-License-Identifier: Apache-2.0
// A captured run writes into files, which a thread of the host follows as long as there is one: neither waits for the other.

internal import PluginSDK
internal import Synchronization

/// Publishes what captured runs print, and wakes who reads it.
final class RunOutput: Sendable {
  private struct State {
    var fresh: [Run] = []
    var ended: [String: Run] = [:]
    /// Looked at anew whenever it has changed.
    var changes: UInt64 = 0
    var waiters: [UInt64: CheckedContinuation<Void, Never>] = [:]
    var lastWaiter: UInt64 = 0
    var isStopped = false
  }

  private let sink: any OutputSink
  private let warn: @Sendable (String, [String: String]) -> Void
  private let watch: OutputWatch
  private let state = Mutex(State())
  private let thread = Mutex<OwnedThread?>(nil)

  init(sink: any OutputSink, warn: @escaping @Sendable (String, [String: String]) -> Void) throws {
    guard let watch = OutputWatch() else {
      throw PluginFailure("cannot follow the output of runs: this process may open no more files; raise its limit")
    }
    self.sink = sink
    self.warn = warn
    self.watch = watch
  }

  func start() throws {
    guard let started = OwnedThread.start(name: "jf-bridge-output", { [self] in run() }) else {
      throw PluginFailure("cannot start the thread 'jf-bridge-output': the system has none to give; raise the limit of processes")
    }
    thread.withLock { $0 = started }
  }

  /// Ends the following; the next life goes on with it.
  func stop() {
    state.withLock { $0.isStopped = true }
    changed()
    watch.wake()
    thread.withLock { $0.take() }?.join()
  }

  /// Publishes what a run prints from now on, from where it was published.
  func follow(_ run: Run) {
    state.withLock { $0.fresh.append(run) }
    watch.wake()
  }

  /// Publishes the rest of a run's output and its end; who waits for it is woken.
  func ended(_ run: Run) {
    state.withLock { $0.ended[run.id] = run }
    changed()
    watch.wake()
  }

  // MARK: - For readers

  /// How often something has changed.
  var changes: UInt64 { state.withLock { $0.changes } }

  /// Waits until something has changed since, or this task is cancelled, or all is over.
  func waitForChange(since seen: UInt64) async {
    let number = state.withLock { state in
      state.lastWaiter += 1
      return state.lastWaiter
    }
    await withTaskCancellationHandler {
      await withCheckedContinuation { continuation in
        let mustWait = state.withLock { state in
          guard state.changes == seen, !state.isStopped, !Task.isCancelled else { return false }
          state.waiters[number] = continuation
          return true
        }
        if !mustWait { continuation.resume() }
      }
    } onCancel: {
      state.withLock { $0.waiters.removeValue(forKey: number) }?.resume()
    }
  }

  private func changed() {
    let waiters = state.withLock { state in
      state.changes += 1
      defer { state.waiters = [:] }
      return Array(state.waiters.values)
    }
    for waiter in waiters { waiter.resume() }
  }

  // MARK: - The thread

  private func run() {
    var followed: [String: FollowedOutput] = [:]
    while !state.withLock({ $0.isStopped }) {
      for run in takeFresh() { begin(run, &followed) }
      let hasMore = advanceAll(&followed)
      changed()
      watch.wait(hasMore: hasMore)
    }
  }

  private func takeFresh() -> [Run] {
    state.withLock { state in
      defer { state.fresh = [] }
      return state.fresh
    }
  }

  private func begin(_ run: Run, _ followed: inout [String: FollowedOutput]) {
    guard let directory = run.output, let output = FollowedOutput(run) else {
      return warn("output of a run not published", ["run": run.id, "reason": "its files cannot be opened"])
    }
    for stream in OutputFiles.streams { watch.add(directory + "/" + stream) }
    followed[run.id] = output
  }

  /// - Returns: Whether there may be more to read.
  private func advanceAll(_ followed: inout [String: FollowedOutput]) -> Bool {
    let ended = state.withLock { $0.ended }
    var hasMore = false
    for id in followed.keys.sorted() {
      guard var output = followed.removeValue(forKey: id) else { continue }
      let more = advance(&output, ended[id])
      hasMore = hasMore || more
      if output.isDone { state.withLock { _ = $0.ended.removeValue(forKey: id) } } else { followed[id] = output }
    }
    return hasMore
  }

  private func advance(_ output: inout FollowedOutput, _ ended: Run?) -> Bool {
    // Known before reading: what it wrote is there by then.
    guard publish(&output) else { return false }
    if output.read() { return publish(&output) }
    if let ended {
      output.finish(ended)
      _ = publish(&output)
    }
    return false
  }

  /// - Returns: Whether all of it is published.
  private func publish(_ output: inout FollowedOutput) -> Bool {
    while true {
      do {
        guard let full = try output.publish(to: sink) else { return true }
        sink.whenReady(full) { [watch] in watch.wake() }
        return false
      } catch let failure as PluginFailure {
        if failure.status == .stopping || failure.status == .gone { return false }
        warn("line of a run not published", ["run": output.run.id, "reason": failure.message])
        output.passOver()
      } catch {
        warn("line of a run not published", ["run": output.run.id, "reason": "\(error)"])
        output.passOver()
      }
    }
  }
}
