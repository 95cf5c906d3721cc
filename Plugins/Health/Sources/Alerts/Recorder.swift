// SPDX-License-Identifier: Apache-2.0

internal import JSON
internal import PluginSDK

/// Brings rows to the store, one after the other, again and again while it is busy or away.
final class Recorder: Sendable {
  /// So many rows wait at most; then the oldest is given up.
  static let mostWaiting = 1_024

  private struct Row: Sendable {
    var command: String
    var input: JSONValue
  }

  private let neighbours: Neighbours
  private let log: PluginLog
  private let rows: AsyncStream<Row>
  private let inlet: AsyncStream<Row>.Continuation

  init(_ neighbours: Neighbours, log: PluginLog) {
    self.neighbours = neighbours
    self.log = log
    (rows, inlet) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(Self.mostWaiting))
  }

  /// Takes a row; never waits.
  func put(_ command: String, _ input: JSONValue) {
    if case .dropped = inlet.yield(Row(command: command, input: input)) {
      log.warning("health row given up", ["reason": "\(Self.mostWaiting) wait for the store already"])
    }
  }

  /// Works until the plugin stops.
  func run() async {
    for await row in rows { await store(row) }
  }

  func finish() { inlet.finish() }

  private func store(_ row: Row) async {
    var pause = Duration.milliseconds(100)
    var attempts = 0
    while !Task.isCancelled {
      attempts += 1
      do {
        _ = try await neighbours.call(row.command, row.input, timeout: .seconds(30))
        return
      } catch {
        guard Self.mayWorkLater(error, after: attempts) else {
          return log.warning("health row not stored", ["command": row.command, "reason": "\(error)"])
        }
      }
      try? await Task.sleep(for: pause)
      pause = min(pause * 2, .seconds(10))
    }
  }

  /// A run or session that the store has not heard of yet is on its way to it; one that it still does not know after some seconds is not.
  private static func mayWorkLater(_ error: any Error, after attempts: Int) -> Bool {
    guard let failure = error as? PluginFailure else { return false }
    if isUnknownYet(failure) { return attempts < 8 }
    return failure.retryable || [.busy, .again, .deadline, .gone, .stopping].contains(failure.status)
  }

  /// Whether the store lacks the run or session that a row is of.
  static func isUnknownYet(_ failure: PluginFailure) -> Bool {
    failure.code == "run_not_found" || failure.code == "session_not_found"
  }
}
