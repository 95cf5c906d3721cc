// SPDX-License-Identifier: Apache-2.0

internal import JSON
internal import PluginSDK
internal import Synchronization

/// What is being done to sessions right now: a second click must not fork twice, and two pauses are one.
final class FlightTable: Sendable {
  fileprivate struct Flight {
    var followers: [UInt64: CheckedContinuation<Result<JSONValue, any Error>?, Never>] = [:]
  }

  fileprivate struct State {
    var count: UInt64 = 0
    var alone: Set<String> = []
    var joined: [String: Flight] = [:]
  }

  private let state = Mutex(State())

  /// Does something that must not be done twice at once.
  ///
  /// - Parameter name: What the person called it.
  func alone<Answer: Sendable>(
    _ key: String, _ session: String, as name: String, _ body: () async throws -> Answer
  ) async throws -> Answer {
    let flight = key + "\u{0}" + session
    guard state.withLock({ $0.alone.insert(flight).inserted }) else { throw Self.inFlight(name, session) }
    defer { _ = state.withLock { $0.alone.remove(flight) } }
    return try await body()
  }

  /// Does something, or waits for whoever is doing it: one answer for all.
  func joined(_ key: String, _ body: () async throws -> JSONValue) async throws -> JSONValue {
    while true {
      if state.withLock({ $0.lead(key) }) { return try await lead(key, body) }
      if let outcome = await follow(key) { return try outcome.get() }
      try Task.checkCancellation()
    }
  }

  private func lead(_ key: String, _ body: () async throws -> JSONValue) async throws -> JSONValue {
    do {
      let answer = try await body()
      land(key, .success(answer))
      return answer
    } catch {
      // Who was cancelled takes nobody along: one of the others does it again.
      land(key, error is CancellationError ? nil : .failure(error))
      throw error
    }
  }

  private func land(_ key: String, _ outcome: Result<JSONValue, any Error>?) {
    let flight = state.withLock { $0.joined.removeValue(forKey: key) }
    for follower in flight?.followers.values.map({ $0 }) ?? [] { follower.resume(returning: outcome) }
  }

  /// - Returns: Nil when there is nothing to follow (any more).
  private func follow(_ key: String) async -> Result<JSONValue, any Error>? {
    let number = state.withLock { state in
      state.count += 1
      return state.count
    }
    return await withTaskCancellationHandler {
      await withCheckedContinuation { continuation in
        let isWaiting = state.withLock { state in
          guard state.joined[key] != nil, !Task.isCancelled else { return false }
          state.joined[key]?.followers[number] = continuation
          return true
        }
        if !isWaiting { continuation.resume(returning: nil) }
      }
    } onCancel: {
      state.withLock { $0.joined[key]?.followers.removeValue(forKey: number) }?.resume(returning: nil)
    }
  }

  /// The failure of whoever asks for the same once more.
  static func inFlight(_ name: String, _ session: String) -> PluginFailure {
    PluginFailure(
      "'\(name)' of session '\(session)' was asked for and is not over yet; wait for it, 'trainer.list' shows when the session is no longer busy",
      code: "in_flight", retryable: true, status: .busy)
  }
}

extension FlightTable.State {
  fileprivate mutating func lead(_ key: String) -> Bool {
    guard joined[key] == nil else { return false }
    joined[key] = FlightTable.Flight()
    return true
  }
}
