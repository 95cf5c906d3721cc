// SPDX-License-Identifier: Apache-2.0

internal import JSON
internal import PluginSDK

/// Results kept in the store, told on the bus, and found again.
struct HealthRecords: Sendable {
  let neighbours: Neighbours
  let recorder: Recorder
  let topic: Topic
  let log: PluginLog

  private static let patience = Duration.seconds(10)

  /// Stores a result and publishes it.
  ///
  /// - Returns: The result as the commands answer it; `recorded` says whether the store has it, `notRecorded` why not.
  func keep(_ row: CheckRow) async -> JSONValue {
    var answer = row.answer
    let trouble = await record(row, &answer)
    answer["recorded"] = .bool(trouble == nil)
    answer["notRecorded"] = trouble.map { .string($0) }
    do {
      try await topic.publish(bytes: row.news.bytes())
    } catch {
      log.warning("health result not published", ["key": row.key, "reason": "\(error)"])
    }
    return .object(answer)
  }

  private func record(_ row: CheckRow, _ answer: inout [String: JSONValue]) async -> String? {
    guard let record = row.record else { return "the trainer does not tell of which run it is" }
    do {
      let stored = try await neighbours.call("store.record_health", record, timeout: Self.patience)
      answer["id"] = stored["id"]
      return nil
    } catch {
      // A busy store gets it later, and one that is still behind: the key makes a second time harmless.
      if let failure = error as? PluginFailure, failure.retryable || failure.status == .deadline || Recorder.isUnknownYet(failure) {
        recorder.put("store.record_health", record)
      }
      return "\(error)"
    }
  }

  /// The last measured throughput of a run; nil when there is none, or the store does not answer.
  func lastThroughput(of run: String) async -> ThroughputResult.Earlier? {
    let history = try? await neighbours.call(
      "runs.health", ["run": .string(run), "check": .string(CheckKind.throughput.rawValue), "limit": 20], timeout: Self.patience)
    for row in history?["results"]?.arrayValue ?? [] {
      guard let told = row["fields"]?[ThroughputResult.measure]?.doubleValue, told > 0, told.isFinite else { continue }
      return ThroughputResult.Earlier(millisecondsPerSample: told, step: row["step"]?.intValue)
    }
    return nil
  }
}
