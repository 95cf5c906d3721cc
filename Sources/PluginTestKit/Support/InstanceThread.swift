// SPDX-License-Identifier: Apache-2.0

internal import PluginSDK

/// The one thread on which a host enters an instance.
final class InstanceThread: Sendable {
  private struct State {
    var jobs = Queue<@Sendable () -> Void>()
    var isFinished = false
  }

  private let state = Monitor(State())
  private let thread: Monitor<OwnedThread?>

  init(name: String) throws {
    let state = state
    let thread = Monitor<OwnedThread?>(nil)
    guard
      let started = OwnedThread.start(
        name: name,
        {
          while let job = Self.next(state) { job() }
        })
    else { throw TestHostError("cannot start a thread for '\(name)': the system has none to give") }
    thread.change { $0 = started }
    started.detach()
    self.thread = thread
  }

  deinit { state.change { $0.isFinished = true } }

  private static func next(_ state: Monitor<State>) -> (@Sendable () -> Void)? {
    state.wait { state -> (@Sendable () -> Void)?? in
      if let job = state.jobs.popFirst() { return .some(job) }
      return state.isFinished ? .some(nil) : nil
    } ?? nil
  }

  var isCurrent: Bool { thread.read { $0?.isCurrent ?? false } }

  /// Runs something behind everything asked for before.
  func post(_ job: @escaping @Sendable () -> Void) { state.change { $0.jobs.append(job) } }

  /// Runs something behind everything asked for before, and waits for it.
  func run<Result: Sendable>(_ body: @escaping @Sendable () -> Result) async -> Result {
    await withCheckedContinuation { continuation in
      post { continuation.resume(returning: body()) }
    }
  }

  /// Runs something and blocks the calling thread, which must be another one.
  func runBlocking<Result: Sendable>(_ body: @escaping @Sendable () -> Result) -> Result? {
    let done = Monitor<Result?>(nil)
    post {
      let result = body()
      done.change { $0 = result }
    }
    return done.wait { $0 }
  }
}
