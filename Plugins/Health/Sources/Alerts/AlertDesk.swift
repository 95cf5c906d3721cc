// SPDX-License-Identifier: Apache-2.0

internal import JSON
internal import PluginSDK

/// Makes episodes of what the watches tell: each is published once when it begins and once when it ends, and stored.
final class AlertDesk: Sendable {
  private static let mostWaiting = 4_096

  private let neighbours: Neighbours
  private let recorder: Recorder
  private let topic: Topic
  private let log: PluginLog
  private let alerts: AsyncStream<Watches.Alert>
  private let inlet: AsyncStream<Watches.Alert>.Continuation

  init(_ neighbours: Neighbours, _ recorder: Recorder, topic: Topic, log: PluginLog) {
    self.neighbours = neighbours
    self.recorder = recorder
    self.topic = topic
    self.log = log
    (alerts, inlet) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(Self.mostWaiting))
  }

  /// Takes news; never waits.
  func put(_ alert: Watches.Alert) {
    if case .dropped = inlet.yield(alert) { log.warning("health alert given up", ["reason": "\(Self.mostWaiting) wait already"]) }
  }

  func finish() { inlet.finish() }

  /// Works until the plugin stops.
  ///
  /// - Parameters:
  ///   - left: The episodes of trainings that an earlier life left open, so that none of them is raised again.
  ///   - postpone: Told of a session whose silence has a good reason, to be looked at again later.
  func run(_ left: [AlertRow], postpone: @Sendable (_ session: String) -> Void) async {
    var open = OpenEpisodes()
    for row in left { open.adopt(row) }
    for await alert in alerts {
      if alert.beginsSilence, await SilenceCheck(neighbours: neighbours).explains(alert.session) {
        postpone(alert.session)
        continue
      }
      guard let row = open.take(alert, at: unixTime()) else { continue }
      await tell(row)
    }
  }

  /// Publishes and stores an episode, at its beginning and at its end.
  func tell(_ row: AlertRow) async {
    recorder.put("store.record_alert", row.description)
    do { try await topic.publish(bytes: row.description.bytes()) } catch {
      log.warning("health alert not published", ["key": row.key, "reason": "\(error)"])
    }
  }

  /// The episodes that an earlier life left open.
  func left() async -> [AlertRow] {
    for attempt in 1...5 {
      do {
        let answer = try await neighbours.call("runs.alerts", ["open": true, "limit": 1000], timeout: .seconds(5))
        return (answer["alerts"]?.arrayValue ?? []).compactMap(AlertRow.init).filter { $0.ended == nil }
      } catch {
        guard let failure = error as? PluginFailure, failure.retryable || failure.status == .deadline, attempt < 5 else { break }
        try? await Task.sleep(for: .milliseconds(200 * attempt))
      }
    }
    return []
  }
}
