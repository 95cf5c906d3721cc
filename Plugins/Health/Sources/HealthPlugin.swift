// SPDX-License-Identifier: Apache-2.0

internal import JSON
public import PluginSDK

/// How runs and the host are: checks of a paused training, watches of a running one, and a look at the host itself.
public final class HealthPlugin: Plugin {
  /// As in plugin.json.
  public static let id = "health"
  /// As in plugin.json.
  public static let version = "0.1.0"

  private let context: PluginContext
  private let parts: Checkup.Parts
  private let host: HostReport
  private let watches: Watches
  private let plugins: PluginWatch
  private let desk: AlertDesk
  private let recorder: Recorder

  /// Reads the settings; the watches begin at the start.
  public init(_ context: PluginContext) throws {
    self.context = context
    let settings = try HealthConfiguration(context.configuration)
    let neighbours = Neighbours(context: context)
    let (recorder, log) = (Recorder(neighbours, log: context.log), context.log)
    let desk = AlertDesk(neighbours, recorder, topic: try context.topic("health.alert"), log: log)
    self.recorder = recorder
    self.desk = desk
    watches = Watches(settings.watches) { desk.put($0) }
    plugins = PluginWatch(settings.watches.plugins, neighbours, desk)
    parts = Checkup.Parts(
      neighbours: neighbours,
      records: HealthRecords(neighbours: neighbours, recorder: recorder, topic: try context.topic("health.result"), log: log),
      inUse: SessionsInUse(), thresholds: settings.checks)
    host = HostReport(
      neighbours: neighbours, limits: settings.host,
      directories: [("data", try context.directory(.data)), ("state", try context.directory(.state))])
  }

  /// Checks, history, alerts, and the host.
  public var commands: [Command] { HealthCommands(parts: parts, host: host).all }

  /// Everything of the trainers, looked at on the host's thread; what is no use to a watch is passed over unread.
  public var subscriptions: [Subscription] {
    [
      Subscription("trainer.*") { [watches] event in
        let topic = event.topic
        guard EventReader.topics.contains(topic), event.count <= EventReader.mostBytes else { return .taken }
        watches.take(event.bytes, topic: topic, now: Self.now)
        return .taken
      }
    ]
  }

  /// Begins to tell of alerts, to store rows, and to look at the clock.
  public func start() async throws {
    context.run { [recorder] in await recorder.run() }
    context.run { [desk, watches, plugins] in
      let left = await desk.left()
      let ofTrainings = left.filter { $0.plugin == nil }
      for row in ofTrainings { watches.adopt(row.kind, run: row.run, session: row.session, numbers: row.numbers, now: Self.now) }
      await withTaskGroup { group in
        group.addTask { await plugins.run(left.filter { $0.plugin != nil }) }
        await desk.run(ofTrainings) { session in watches.postponeSilence(of: session, now: Self.now) }
        group.cancelAll()
      }
    }
    context.run { [watches] in
      while (try? await Task.sleep(for: .seconds(1))) != nil { watches.tick(now: Self.now) }
    }
  }

  /// Ends the telling; an episode that is still open is known again at the next start.
  public func stop() async {
    desk.finish()
    recorder.finish()
  }

  /// On the monotonic clock, in seconds.
  private static var now: Double { Double(MonotonicClock.now) / 1e9 }
}
