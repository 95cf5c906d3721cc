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
    while !Task.isCancelled {
      do {
        _ = try await neighbours.call(row.command, row.input, timeout: .seconds(30))
        return
      } catch {
        guard Self.mayWorkLater(error) else {
          return log.warning("health row not stored", ["command": row.command, "reason": "\(error)"])
        }
      }
      try? await Task.sleep(for: pause)
      pause = min(pause * 2, .seconds(10))
    }
  }

  private static func mayWorkLater(_ error: any Error) -> Bool {
    guard let failure = error as? PluginFailure else { return false }
    return failure.retryable || [.busy, .again, .deadline, .gone, .stopping].contains(failure.status)
  }
}
