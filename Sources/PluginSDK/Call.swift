// SPDX-License-Identifier: Apache-2.0

/// A call being answered: chunks and progress on the way, deadline and cancellation.
///
/// Cancelling reaches the command as cancellation of its task; code that does not await asks `isCancelled`.
public struct Call: Sendable {
  /// The call this task answers, if it answers one; inherited by child tasks. Calls made meanwhile name it as their parent.
  @TaskLocal public static var current: Call?

  let incoming: IncomingCall

  /// The call's number, unique while the host runs.
  public var id: UInt64 { incoming.id }

  /// How long until the deadline; below zero when it has passed, `nil` without one.
  public var remaining: Duration? {
    incoming.deadline == 0 ? nil : MonotonicClock.remaining(until: incoming.deadline)
  }

  /// When the caller stops waiting; `nil` without a deadline.
  public var deadline: ContinuousClock.Instant? { remaining.map { ContinuousClock.now + $0 } }

  /// Whether nobody waits for the answer any more. Cheap, for loops.
  public var isCancelled: Bool { incoming.isCancelled }

  /// Sends one chunk of a streaming answer as JSON, when the caller is ready for it.
  ///
  /// - Throws: `CancellationError` when the caller gave up, `PluginFailure` when the host refuses the chunk.
  public func emit(_ chunk: some Encodable) async throws {
    try await incoming.emit(Payload(bytes: JSONCoding.encode(chunk, as: "a chunk of '\(incoming.command)'")))
  }

  /// Sends one chunk of a streaming answer, when the caller is ready for it.
  public func emit(bytes: [UInt8], content: Content = .json) async throws {
    try await incoming.emit(Payload(bytes: bytes, content: content))
  }

  /// Sends one chunk of a streaming answer if the caller is ready for it now. From any thread, also one that must not wait.
  ///
  /// - Returns: `false` when it is not ready, or waits for no answer any more; `emit` waits until it is, or says why it never will be.
  public func tryEmit(bytes: [UInt8], content: Content = .json) -> Bool {
    incoming.tryEmit(Payload(bytes: bytes, content: content))
  }

  /// Answers now, from any thread, before the body returns: for a body whose last word comes to a thread of its own. What the body returns or
  /// throws afterwards is dropped.
  public func answer(_ payload: Payload) { incoming.finish(.success(payload)) }

  /// Tells how far the work has come; the latest counts, and it may go back.
  ///
  /// - Parameters:
  ///   - fraction: 0 to 1.
  ///   - note: What is being done, in a few words.
  public func progress(_ fraction: Double, _ note: String = "") {
    let bounded = fraction.isNaN ? 0 : min(max(fraction, 0), 1)
    incoming.progress(UInt32((bounded * 1_000_000).rounded()), note)
  }
}
