// SPDX-License-Identifier: Apache-2.0
// Answers for the control door.
package import JSON
import PluginBridge

extension HostDaemon {
  func openDoor() throws(HostFault) -> ControlDoor {
    let wanted = currentConfiguration.control
    var limits = ControlLimits()
    limits.connections = wanted.maxConnections
    limits.lineBytes = wanted.maxLineBytes
    do throws(ControlDoorError) {
      return try ControlDoor(
        path: directories.socket, limits: limits, switchboard: switchboard, backend: self, logger: logger.labelled("control"))
    } catch {
      throw HostFault("\(error)")
    }
  }

  /// Closes the door last of all, so that clients get the answers that stopping plugins owe them.
  func closeDoor(_ door: ControlDoor) {
    let closed = BlockingQueue<Void>()
    let deadline = MonotonicClock.after(milliseconds: 2_000)
    door.close(deadline: deadline) { closed.put(()) }
    if closed.take(until: deadline) == nil { logger.warning("control door did not close in time") }
  }
}

extension HostDaemon: ControlBackend {
  package func pluginList() -> JSONValue { ["plugins": manager.rows()] }

  package func pluginInfo(_ id: String) -> Result<JSONValue, ControlError> {
    manager.information(id).map { .success($0) } ?? .failure(Self.error(unknownPlugin(id)))
  }

  package func enablePlugin(_ id: String, reply: @escaping ControlBackend.Reply) { requestEnabled(id, true, Self.translating(reply)) }

  package func disablePlugin(_ id: String, reply: @escaping ControlBackend.Reply) { requestEnabled(id, false, Self.translating(reply)) }

  package func reloadPlugin(_ id: String, reply: @escaping ControlBackend.Reply) { requestPluginReload(id, Self.translating(reply)) }

  package func allowPlugin(_ id: String, reply: @escaping ControlBackend.Reply) { requestAllow(id, Self.translating(reply)) }

  package func status(reply: @escaping ControlBackend.Reply) { reply(.success(status())) }

  package func reload(reply: @escaping ControlBackend.Reply) { requestReload(Self.translating(reply)) }

  /// Answers first: the door closes soon.
  package func stop(reply: @escaping ControlBackend.Reply) {
    reply(.success(["stopping": true]))
    requestStop()
  }

  package func configuration(origin: Bool, reply: @escaping ControlBackend.Reply) { reply(.success(shownConfiguration(origin: origin))) }

  private static func translating(_ reply: @escaping ControlBackend.Reply) -> Reply {
    { result in reply(result.mapError(error)) }
  }

  private static func error(_ fault: HostFault) -> ControlError { ControlError(fault.status, fault.description) }
}
