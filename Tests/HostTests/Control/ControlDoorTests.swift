// SPDX-License-Identifier: Apache-2.0
import FoundationEssentials
import Glibc
import JSON
import Testing

@testable import Host
import PluginBridge

@Suite struct ControlDoorTests {
  private func open(_ path: String) throws -> ControlDoor {
    try ControlDoor(
      path: path, switchboard: Switchboard(), backend: FakeBackend(), logger: Logger(label: "control", sink: MemoryLog()))
  }

  private func refusal(_ path: String) -> String? {
    do {
      _ = try open(path)
      return nil
    } catch {
      return "\(error)"
    }
  }

  private func mode(_ path: String) -> mode_t {
    var status = stat()
    return lstat(path, &status) == 0 ? status.st_mode & 0o7777 : 0
  }

  // MARK: Opening

  @Test func socketIsPrivateAndItsDirectoryIsMade() throws {
    let path = FixturePlugin.temporaryDirectory("jf-door") + "/run/host.sock"
    let door = try open(path)
    #expect(mode(path) == 0o600)
    #expect(mode(String(path.dropLast("/host.sock".count))) == 0o700)
    #expect(try ControlClient(path: door.path).ask("host/status")?["result"] != nil)
  }

  @Test func longPathIsRefused() {
    let path = "/tmp/" + String(repeating: "x", count: 103)
    #expect(
      refusal(path)
        == "cannot open the control socket '\(path)': the path has 108 bytes, a Unix socket takes 107; choose a shorter runtime directory")
  }

  @Test func directoryOpenToOthersIsRefused() {
    let directory = FixturePlugin.temporaryDirectory("jf-door")
    chmod(directory, 0o750)
    #expect(
      refusal("\(directory)/host.sock")
        == "cannot open the control socket in '\(directory)': others may enter the directory (mode 0750); run 'chmod 700 \(directory)'")
  }

  @Test(.enabled(if: geteuid() == 0, "only root can give a directory away"))
  func directoryOfSomebodyElseIsRefused() {
    let directory = FixturePlugin.temporaryDirectory("jf-door")
    chown(directory, 65_534, 65_534)
    #expect(
      refusal("\(directory)/host.sock")
        == "cannot open the control socket in '\(directory)': the directory belongs to user 65534, this host runs as user 0; choose a runtime directory of your own"
    )
  }

  @Test func missingDirectoryAboveIsSaid() {
    let directory = FixturePlugin.temporaryDirectory("jf-door") + "/no/such"
    #expect(
      refusal("\(directory)/host.sock") == "cannot open the directory '\(directory)' of the control socket: No such file or directory")
  }

  @Test func socketOfALivingHostIsLeftAlone() throws {
    let fixture = try ControlFixture()
    #expect(
      refusal(fixture.path)
        == "cannot open the control socket '\(fixture.path)': another host listens on it; stop that one with 'jackfield stop', or choose another --home"
    )
    #expect(try fixture.client().ask("host/status")?["result"] != nil)
  }

  @Test func staleSocketIsReplaced() throws {
    let path = FixturePlugin.temporaryDirectory("jf-door") + "/host.sock"
    let dead = UnixSocket.make()
    #expect(UnixSocket.bind(dead, to: path) == 0)
    close(dead)
    let door = try open(path)
    #expect(try ControlClient(path: door.path).ask("host/status")?["result"] != nil)
  }

  @Test func fileInTheWayIsNotRemoved() throws {
    let path = FixturePlugin.temporaryDirectory("jf-door") + "/host.sock"
    try Data("precious".utf8).write(to: URL(filePath: path))
    #expect(
      refusal(path) == "cannot open the control socket '\(path)': something that is no socket has that name; move it away")
    #expect(FileManager.default.fileExists(atPath: path))
  }

  // MARK: Closing

  @Test func closingAnswersOpenRequestsAndRemovesTheSocket() throws {
    let fixture = try ControlFixture()
    let client = try fixture.client()
    client.send(#"{"jsonrpc":"2.0","id":1,"method":"command/call","params":{"name":"script.hold"}}"#)
    client.send(#"{"jsonrpc":"2.0","id":2,"method":"host/reload"}"#)
    _ = try #require(fixture.commands.heldCall())
    let reply = try #require(fixture.backend.heldReply())
    #expect(fixture.close())
    let answers = [client.line(), client.line()]
    #expect(
      answers == [
        #"{"jsonrpc":"2.0","id":1,"error":{"code":-32012,"data":{"command":"script.hold","plugin":"script","retryable":true,"status":"stopping"},"message":"cannot finish 'script.hold': the host is stopping; call again when it runs"}}"#,
        #"{"jsonrpc":"2.0","id":2,"error":{"code":-32012,"data":{"retryable":true,"status":"stopping"},"message":"the host is stopping; ask again when it runs"}}"#,
      ])
    #expect(client.line() == nil)
    #expect(fixture.commands.cancellation() == .stopping)
    reply(.success(nil))  // too late, and harmless
    #expect(!FileManager.default.fileExists(atPath: fixture.path))
    #expect(throws: ControlClient.ConnectFailure.self) { try fixture.client() }
    #expect(fixture.close())
    let left = fixture.door.counters
    #expect([left.connections, left.queuedBytes, left.openRequests, left.subscriptions] == [0, 0, 0, 0])
  }

  @Test func answerGivenBeforeTheCloseIsStillRead() throws {
    let fixture = try ControlFixture()
    let client = try fixture.client()
    fixture.commands.floods(chunks: 1, bytes: 3_000_000)
    client.send(#"{"jsonrpc":"2.0","id":1,"method":"command/call","params":{"name":"script.flood","stream":true}}"#)
    _ = try fixture.settle { fixture.door.counters.queuedBytes }
    let closed = BlockingQueue<Void>()
    fixture.door.close(deadline: MonotonicClock.after(milliseconds: 60_000)) { closed.put(()) }
    #expect(client.line()?.utf8.count == 3_000_074)
    #expect(client.json()?["result"]?["result"] == "done")
    #expect(client.line() == nil)
    #expect(closed.take(until: MonotonicClock.after(milliseconds: 10_000)) != nil)
  }

  @Test func clientThatDoesNotReadHoldsUpTheCloseNoLongerThanAllowed() throws {
    let fixture = try ControlFixture()
    let client = try fixture.client()
    fixture.commands.floods(chunks: 1, bytes: 3_000_000)
    client.send(#"{"jsonrpc":"2.0","id":1,"method":"command/call","params":{"name":"script.flood","stream":true}}"#)
    _ = try fixture.settle { fixture.door.counters.queuedBytes }
    #expect(fixture.close(withinMilliseconds: 20))
    #expect(client.line() == nil)
  }

  @Test func socketOfASuccessorIsNotRemoved() throws {
    let fixture = try ControlFixture()
    unlink(fixture.path)
    let successor = try open(fixture.path)
    #expect(fixture.close())
    #expect(try ControlClient(path: successor.path).ask("host/status")?["result"] != nil)
  }

  // MARK: Who may enter

  @Test(arguments: [(UInt32?(1_000), true), (0, true), (1_001, false), (nil, false)])
  func ownUserAndRootMayEnter(user: UInt32?, allowed: Bool) {
    #expect(ControlLoop.mayEnter(user: user, host: 1_000) == allowed)
  }

  @Test(.enabled(if: geteuid() == 0, "only root can become another user"))
  func otherUserIsTurnedAway() throws {
    let fixture = try ControlFixture()
    chmod(fixture.directory, 0o755)
    chmod(fixture.path, 0o666)
    let heard = "\(fixture.directory)/heard"
    try Data().write(to: URL(filePath: heard))
    chmod(heard, 0o666)
    let script = """
      import socket
      s = socket.socket(socket.AF_UNIX)
      s.connect('\(fixture.path)')
      data = b''
      while piece := s.recv(4096): data += piece
      open('\(heard)', 'wb').write(data)
      """
    #expect(FixturePlugin.run(["setpriv", "--reuid=65534", "--clear-groups", "/usr/bin/env", "python3", "-c", script]) == 0)
    let text = String(decoding: try Data(contentsOf: URL(filePath: heard)), as: UTF8.self)
    #expect(
      text
        == #"{"jsonrpc":"2.0","id":null,"error":{"code":-32005,"data":{"retryable":false,"status":"denied"},"message":"this host serves user 0 and root only, you are user 65534"}}"#
        + "\n")
    #expect(fixture.log.lines == ["warning control client refused reason=this host serves user 0 and root only, you are user 65534"])
  }
}
