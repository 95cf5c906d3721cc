// SPDX-License-Identifier: Apache-2.0

internal import Synchronization

/// Those who wait for chunks of one log. What comes is given to them by the thread that brings it, and a task is woken only when it has
/// more to do than to wait: its reader takes nothing now, or the run has ended.
final class LogFollowers: Sendable {
  /// What a follower has to do.
  enum Turn {
    case wait
    /// By itself: it takes nothing now, or what it wants is not in memory.
    case read
    case end
  }

  private struct Follower {
    var next: Int
    var offer: @Sendable ([UInt8]) -> Bool
    var ended: @Sendable () -> Void
    var continuation: CheckedContinuation<Int, Never>
  }

  private struct State {
    var waiting: [Int: Follower] = [:]
    var last = 0
  }

  private let state = Mutex(State())

  var isEmpty: Bool { state.withLock { $0.waiting.isEmpty } }

  /// Waits until there is more to do than to wait.
  ///
  /// - Returns: The number of the next chunk.
  func wait(
    for log: RunLog, at next: Int, _ offer: @escaping @Sendable ([UInt8]) -> Bool, _ ended: @escaping @Sendable () -> Void
  ) async -> Int {
    let ticket = state.withLock { state in
      state.last += 1
      return state.last
    }
    return await withTaskCancellationHandler {
      await withCheckedContinuation { continuation in
        let isLate = state.withLock { state in
          // What came before this was in is not told of any more.
          guard next == log.count, log.ending == nil, !Task.isCancelled else { return true }
          state.waiting[ticket] = Follower(next: next, offer: offer, ended: ended, continuation: continuation)
          return false
        }
        if isLate { continuation.resume(returning: next) }
      }
    } onCancel: {
      if let follower = state.withLock({ $0.waiting.removeValue(forKey: ticket) }) {
        follower.continuation.resume(returning: follower.next)
      }
    }
  }

  /// Gives them what they have not had.
  func serve(from log: RunLog) {
    let awake = state.withLock { state in
      var awake: [Follower] = []
      for ticket in state.waiting.keys {
        guard var follower = state.waiting[ticket] else { continue }
        let turn = log.serve(&follower.next, follower.offer)
        state.waiting[ticket] = turn == .wait ? follower : nil
        if turn == .end { follower.ended() }
        if turn != .wait { awake.append(follower) }
      }
      return awake
    }
    for follower in awake { follower.continuation.resume(returning: follower.next) }
  }
}
