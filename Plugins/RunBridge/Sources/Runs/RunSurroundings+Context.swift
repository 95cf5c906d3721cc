// SPDX-License-Identifier: Apache-2.0

internal import JSON
internal import PluginSDK

extension RunSurroundings {
  /// Those of a plugin: its bus, its log, and the trainer's plugin if there is one.
  ///
  /// - Parameters:
  ///   - address: Opens the door unless it is open.
  ///   - isOver: Hears of each run once.
  init(
    _ context: PluginContext, address: @escaping @Sendable () async throws -> String,
    isOver: @escaping @Sendable (_ run: Run, _ reason: String) -> Void, isIdle: @escaping @Sendable () -> Void
  ) throws {
    let events = try context.topic("bridge.run")
    self.address = address
    self.isOver = isOver
    self.isIdle = isIdle
    sink = try BusOutput(context)
    warn = { [log = context.log] message, values in log.warning(message, values) }
    publish = { [log = context.log] event in
      do {
        guard try !events.tryPublish(bytes: event.bytes()) else { return }
        log.warning("event of a run not published", ["reason": "a subscriber is full"])
      } catch {
        log.debug("event of a run not published", ["reason": "\(error)"])  // at the stop of the plugin
      }
    }
    trainerPort = { await Self.trainerPort(context) }
  }

  private struct Trainer: Decodable, Sendable {
    var port: Int?
  }

  /// Nil when there is no such plugin, or it does not answer.
  private static func trainerPort(_ context: PluginContext) async -> Int? {
    do {
      return try await context.call("trainer.list", PluginSDK.Empty(), returning: Trainer.self, timeout: .seconds(2)).port
    } catch {
      context.log.debug("no port for trainers", ["reason": "\(error)"])
      return nil
    }
  }
}
