// SPDX-License-Identifier: Apache-2.0

internal import JSON
internal import PluginSDK

/// Asks trainers and waits for their replies.
struct Requester: Sendable {
  let sessions: SessionTable
  let requests: RequestTable
  /// Has the door send what was put into a connection.
  let flush: @Sendable (Connection) -> Void

  /// A reply and whose it is.
  struct Reply: Sendable {
    let session: String
    let data: JSONValue
    let milliseconds: Double
  }

  /// Sends a request and waits.
  func ask(_ session: String?, _ command: String, _ payload: JSONValue, timeoutMs: Int?) async throws -> Reply {
    let target = try sessions.choose(session)
    let id = requests.makeID()
    let limit = timeoutMs ?? TrainerCommand.usualTimeoutMs(command)
    let begin = MonotonicClock.now
    let timer = Task { [requests] in
      try await Task.sleep(for: .milliseconds(limit))
      requests.end(id, .failure(Self.timeout(command, target.session.id, limit)))
    }
    defer { timer.cancel() }
    let data = try await withTaskCancellationHandler {
      try await withCheckedThrowingContinuation { (continuation: CheckedContinuation<JSONValue, any Error>) in
        requests.add(id, on: target.connection.id) { continuation.resume(with: $0.mapError { $0 }) }
        send(id, command, payload, to: target.connection)
      }
    } onCancel: {
      requests.end(
        id, .failure(PluginFailure("'\(command)' was given up; the trainer may still do it", code: "cancelled", status: .cancelled)))
    }
    return Reply(session: target.session.id, data: data, milliseconds: Double(MonotonicClock.now - begin) / 1_000_000)
  }

  private func send(_ id: String, _ command: String, _ payload: JSONValue, to connection: Connection) {
    guard connection.enqueue(TrainerCommand.line(id: id, command, payload)) else {
      requests.end(
        id,
        .failure(PluginFailure("the trainer does not read its commands; it seems to hang", code: "busy", retryable: true, status: .busy)))
      return
    }
    flush(connection)
    // The line may have ended, or the task been cancelled, before there was anything to end.
    if Task.isCancelled { requests.end(id, .failure(PluginFailure("'\(command)' was given up", code: "cancelled", status: .cancelled))) }
    if !sessions.isOpen(connection.id) { requests.closed(connection.id) }
  }

  private static func timeout(_ command: String, _ session: String, _ limit: Int) -> PluginFailure {
    PluginFailure(
      "the trainer '\(session)' did not answer '\(command)' within \(limit) ms; it answers between batches only and not during validation, "
        + "and may still do it later",
      code: "timeout", status: .deadline)
  }
}
