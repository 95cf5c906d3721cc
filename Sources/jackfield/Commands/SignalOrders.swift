// SPDX-License-Identifier: Apache-2.0
import Glibc
import Host
import Synchronization
import PluginBridge

/// Carries signals to the host: stop, stop at once, reload.
final class SignalOrders: Sendable {
  private struct State {
    var daemon: HostDaemon?
    var stops = 0
  }

  private let state = Mutex(State())
  private let console: BackgroundSink
  private let logger: Logger

  /// - Parameter console: Where a person who sends signals looks; must not make anybody wait.
  init(_ console: BackgroundSink) {
    self.console = console
    logger = Logger(label: "host", sink: console)
    SignalWatch.start([SIGTERM, SIGINT, SIGHUP]) { [self] number in take(number) }
  }

  /// From now on signals reach this host; one that came before is carried out now.
  func attach(_ daemon: HostDaemon) {
    let stops = state.withLock { state in
      state.daemon = daemon
      return state.stops
    }
    if stops > 0 { daemon.requestStop() }
  }

  private func take(_ number: Int32) {
    guard number != SIGHUP else { return state.withLock { $0.daemon }?.requestReload() ?? () }
    let (daemon, stops) = state.withLock { state in
      state.stops += 1
      return (state.daemon, state.stops)
    }
    daemon?.requestStop()
    switch stops {
    case 1: HostThread.start("jf-last-resort") { [self] in endInAnyCase(daemon) }
    case 2: logger.warning("stopping already; a third signal ends the host at once")
    default: _exit(SystemExit.failed)
    }
  }

  /// Each plugin has its limit; a host that is still here long after all of them is stuck, and ends itself.
  private func endInAnyCase(_ daemon: HostDaemon?) {
    sleep(UInt32(clamping: daemon?.stopLimitSeconds ?? 30))
    logger.error("the host did not stop in time and is ended; 'jackfield doctor' may tell more")
    console.flush(milliseconds: 200)
    _exit(SystemExit.failed)
  }
}
