// SPDX-License-Identifier: Apache-2.0
import PluginSDK

/// A counter: state that outlives a restart, an event when it changes, a configuration, events of another plugin, health.
public struct CounterSwiftPlugin: Plugin {
  /// As in plugin.json.
  public static let id = "counter-swift"
  /// As in plugin.json.
  public static let version = "0.1.0"

  struct Configuration: Decodable { var step: Int }
  struct Addition: Decodable { var by: Int? }

  private let counter: Counter

  /// Reads the configuration: held to the schema of plugin.json, and with its defaults.
  public init(_ context: PluginContext) throws {
    counter = try Counter(context, step: context.configuration(Configuration.self).step)
  }

  /// What it answers: all commands of plugin.json, and no other.
  public var commands: [Command] {
    [
      Command("counter_swift.add") { (addition: Addition, _) in try await counter.add(addition.by) },
      Command("counter_swift.reset") { _ in try await counter.reset() },
      Command("counter_swift.value") { _ in await counter.report },
    ]
  }

  /// What it hears: as `subscribes` in plugin.json, in that order.
  public var subscriptions: [Subscription] {
    [
      .stream("ticker_swift.ticked") { events in
        for await event in events { await counter.hear(event) }
      }
    ]
  }

  /// Reads what was kept.
  public func start() async { await counter.restore() }

  /// Takes a new step from the next call on.
  public func configurationChanged(to configuration: PluginContext.Configuration) async throws {
    await counter.setStep(try configuration.decode(Configuration.self).step)
  }
}
