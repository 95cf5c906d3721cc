// SPDX-License-Identifier: Apache-2.0
import JSON
import Synchronization

@testable import Host
import PluginBridge

/// A daemon that answers at once with what it was asked, except where a test holds the answer back.
final class FakeBackend: ControlBackend {
  /// The replies of plugin/reload and host/reload, for a test to give.
  let held = BlockingQueue<Reply>()

  func pluginList() -> JSONValue { ["plugins": [["id": "store", "state": "ready"]]] }

  func pluginInfo(_ id: String) -> Result<JSONValue, ControlError> {
    guard id == "store" else { return .failure(ControlError(.notFound, "there is no plugin '\(id)'")) }
    return .success(["id": .string(id)])
  }

  func enablePlugin(_ id: String, reply: @escaping Reply) { reply(.success(["enabled": .string(id)])) }
  func disablePlugin(_ id: String, reply: @escaping Reply) { reply(.success(["disabled": .string(id)])) }
  func allowPlugin(_ id: String, reply: @escaping Reply) { reply(.success(["allowed": .string(id)])) }
  func reloadPlugin(_ id: String, reply: @escaping Reply) { held.put(reply) }
  func status(reply: @escaping Reply) { reply(.success(["version": "1"])) }
  func reload(reply: @escaping Reply) { held.put(reply) }

  func stop(reply: @escaping Reply) {
    reply(.success(["stopping": true]))
    reply(.success(["stopping": false]))
  }

  func configuration(origin: Bool, reply: @escaping Reply) { reply(.success(["origin": .bool(origin)])) }

  func heldReply() -> Reply? { held.take(until: MonotonicClock.after(milliseconds: 10_000)) }
}
