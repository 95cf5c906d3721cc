// SPDX-License-Identifier: Apache-2.0
import FoundationEssentials
import Glibc
import Testing

@testable import Host
import PluginBridge

/// A control door in a directory of its own, with commands and a daemon behind it.
final class ControlFixture: Sendable {
  let directory = FixturePlugin.temporaryDirectory("jf-door")
  let board: Switchboard
  let commands: ScriptedCommands
  let backend = FakeBackend()
  let log = MemoryLog()
  let limits: ControlLimits
  let door: ControlDoor

  var path: String { "\(directory)/host.sock" }

  init(board: Switchboard = Switchboard(), _ adjust: (inout ControlLimits) -> Void = { _ in }) throws {
    var limits = ControlLimits()
    adjust(&limits)
    self.limits = limits
    self.board = board
    commands = ScriptedCommands(board: board)
    door = try ControlDoor(
      path: "\(directory)/host.sock", limits: limits, switchboard: board, backend: backend, logger: Logger(label: "control", sink: log))
  }

  deinit {
    close()
    try? FileManager.default.removeItem(atPath: directory)
  }

  func client() throws -> ControlClient { try ControlClient(path: path) }

  /// Closes the door and waits for it; false when it is not closed ten seconds after the deadline.
  @discardableResult
  func close(withinMilliseconds milliseconds: Int = 10_000) -> Bool {
    let closed = BlockingQueue<Void>()
    door.close(deadline: MonotonicClock.after(milliseconds: milliseconds)) { closed.put(()) }
    return closed.take(until: MonotonicClock.after(milliseconds: milliseconds + 10_000)) != nil
  }

  /// Waits until the door's thread has done everything it can without its clients: each round trip of another client makes it turn.
  func settle<Value: Equatable>(_ value: () -> Value) throws -> Value {
    let client = try client()
    var (last, same) = (value(), 0)
    while same < 5 {
      _ = try #require(client.ask("host/status"))
      let now = value()
      same = now == last ? same + 1 : 0
      last = now
    }
    return last
  }

  /// Turns the door until something holds; false when ten seconds did not bring it.
  func eventually(_ holds: () -> Bool) throws -> Bool {
    let client = try client()
    let deadline = MonotonicClock.after(milliseconds: 10_000)
    while !holds() {
      guard MonotonicClock.now() < deadline else { return false }
      _ = client.ask("host/status")
    }
    return true
  }
}
