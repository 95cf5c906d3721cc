// SPDX-License-Identifier: Apache-2.0
import PluginBridge

/// The Unix socket where clients list and call commands, follow events, and steer the host; see Docs/control-door.md.
///
/// One thread of its own does all the work. The door keeps its backend until it is closed.
package final class ControlDoor: Sendable {
  package let path: String
  private let mailbox: ControlMailbox
  private let state = ControlDoorState()

  /// Opens the door: clients can connect when this returns.
  ///
  /// - Parameters:
  ///   - path: Of the socket, at most 107 bytes. Its directory is made when missing; it must be ours, and closed to others.
  ///   - logger: The pen for "control".
  package init(
    path: String, limits: ControlLimits = ControlLimits(), switchboard: Switchboard, backend: any ControlBackend, logger: Logger
  ) throws(ControlDoorError) {
    self.path = path
    let listener = try ControlListener(path: path)
    let poller: Poller
    do {
      poller = try Poller()
      mailbox = try ControlMailbox()
    } catch {
      listener.close()
      throw ControlDoorError("cannot open the control socket '\(path)': \(error)")
    }
    HostThread.start("jf-control") { [mailbox, state] in
      ControlLoop(
        listener: listener, poller: poller, mailbox: mailbox, state: state, limits: limits, switchboard: switchboard, backend: backend,
        logger: logger
      ).run()
      state.end()
    }
  }

  deinit { mailbox.put(.close(deadline: 0)) }

  /// Takes no more clients, answers open requests with "stopping", writes what clients still read, and removes the socket.
  ///
  /// - Parameters:
  ///   - deadline: CLOCK_MONOTONIC, in nanoseconds; by then all is closed, read or not.
  ///   - done: Runs on the door's thread at its end; at once when the door is closed already.
  package func close(deadline: UInt64, done: @escaping @Sendable () -> Void) {
    state.whenEnded(done)
    mailbox.put(.close(deadline: deadline))
  }

  package var counters: ControlCounters { state.counters }
}
