// SPDX-License-Identifier: Apache-2.0

internal import JSON
public import PluginSDK
internal import Synchronization

/// The door for training scripts: they connect here, their events go onto the bus, commands go to them.
public final class TrainerPlugin: Plugin {
  /// As in plugin.json.
  public static let id = "trainer"
  /// As in plugin.json.
  public static let version = "0.1.0"

  /// How long a stop may wait for slow subscribers; the host allows five seconds for everything.
  private static let drainTime = Duration.seconds(2)

  private let context: PluginContext
  private let settings: TrainerSettings
  private let sink: BusSink
  private let running = Mutex<TrainerService?>(nil)

  /// Reads the settings; the port is opened at the start.
  public init(_ context: PluginContext) throws {
    self.context = context
    settings = try TrainerSettings(context.configuration())
    sink = try BusSink(context)
  }

  /// What a person can ask of trainers.
  public var commands: [Command] { TrainerCommands(service: { [self] in try service }).all }

  /// What the store has, so that trainers can forget it.
  public var subscriptions: [Subscription] {
    [
      Subscription("store.committed") { [self] event in
        committed(event.bytes)
        return .taken
      }
    ]
  }

  /// Opens the port, and publishes what an earlier life left.
  public func start() async throws {
    let service = try TrainerService(
      settings,
      TrainerService.Surroundings(
        spoolDirectory: try context.directory(.state) + "/trainer-spool",
        processDirectory: try context.directory(.state) + "/trainings",
        memoryFile: try context.directory(.state) + "/trainer-sessions.json", ledger: StoreLedger(context: context), sink: sink,
        warn: { [log = context.log] message, values in log.warning(message, values) },
        report: { [context] address, phase in Self.report(address, phase, context) }))
    running.withLock { $0 = service }
    context.log.info("listening for trainers", ["address": service.address])
  }

  /// Publishes what was read, for two seconds at most, and keeps the rest for the next start.
  public func stop() async {
    guard let service = running.withLock({ $0.take() }) else { return }
    sink.beginDrain(until: MonotonicClock.after(Self.drainTime))
    service.stop()
  }

  private var service: TrainerService {
    get throws {
      guard let service = running.withLock({ $0 }) else {
        throw PluginFailure("the trainer plugin is not running; it is starting or stopping", retryable: true, status: .stopping)
      }
      return service
    }
  }

  private func committed(_ news: [UInt8]) {
    guard let sessions = (try? JSONValue(parsing: news))?["sessions"]?.objectValue else {
      return context.log.warning("event not understood", ["topic": "store.committed", "wanted": "an object 'sessions'"])
    }
    try? service.committed(sessions.compactMapValues { $0.intValue.map(Int64.init) })  // not running: nobody to tell
  }

  private static func report(_ address: String, _ phase: Spool.Phase, _ context: PluginContext) {
    switch phase {
    case .memory: context.report(.ok, "listening for trainers on \(address)")
    case .file:
      context.report(
        .warning, "listening for trainers on \(address); a subscriber is slow, and what trainers send is kept in files until it catches up"
      )
    case .full(let reason):
      context.report(
        .warning, "not reading from trainers on \(address) until a subscriber catches up: \(reason); free space on that disk")
    }
  }
}
