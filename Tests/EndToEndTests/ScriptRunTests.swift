// SPDX-License-Identifier: Apache-2.0
// `jackfield run` against the real host, with a script that speaks over a bare socket and never connects anew.

import FoundationEssentials
import Glibc
import JSON
import Testing

@Suite(.timeLimit(.minutes(5))) struct ScriptRunTests {
  /// The plugins of scripts and of their output, as they are shipped.
  private static let plugins: String = {
    let directory = LiveHost.temporary("jackfield-run-plugins")
    let files = FileManager.default
    for (id, product) in [("run-bridge", "RunBridge"), ("store", "Store")] {
      // Without the products no end-to-end test means anything.
      try! files.createDirectory(atPath: "\(directory)/\(id)", withIntermediateDirectories: true)
      try! files.copyItem(atPath: "\(LiveHost.products)/lib\(product).so", toPath: "\(directory)/\(id)/lib\(product).so")
      try! files.copyItem(
        atPath: "\(LiveHost.packageDirectory)/Plugins/\(product)/plugin.json", toPath: "\(directory)/\(id)/plugin.json")
    }
    return directory
  }()

  private func host(_ mode: String, home: String? = nil) throws -> LiveHost {
    let home = home ?? LiveHost.temporary("jackfield-home")
    let directory = home + "/config.d"
    try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
    let text = #"{"plugins": {"store": {"mode": "\#(mode)"}, "run-bridge": {"mode": "\#(mode)", "config": {"handoverSeconds": 120}}}}"#
    try Data(text.utf8).write(to: URL(filePath: directory + "/00-modes.json"))
    return try LiveHost(home: home, plugins: [Self.plugins])
  }

  /// Asks once for each line of a pipe, always over the same connection, and prints the answers.
  private static let script = #"""
    import json, os, signal, socket, sys, urllib.parse
    # Threads of a test have signals blocked; a person's terminal has not.
    signal.pthread_sigmask(signal.SIG_SETMASK, [])
    address = urllib.parse.urlparse(os.environ["EVOLVE_RUN_BRIDGE_ADDR"])
    query = urllib.parse.urlencode({"token": os.environ["EVOLVE_RUN_BRIDGE_TOKEN"], "session": os.environ["EVOLVE_RUN_BRIDGE_SESSION"]})
    def connect():
        connection = socket.create_connection((address.hostname, address.port), 60)
        connection.sendall((f"GET /?{query} HTTP/1.1\r\nHost: {address.hostname}:{address.port}\r\nUpgrade: websocket\r\n"
            "Connection: Upgrade\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n").encode())
        head = b""
        while not head.endswith(b"\r\n\r\n"): head += connection.recv(1) or sys.exit("no handshake")
        return connection, head.split(b" ")[1].decode()
    def take(connection, count):
        data = b""
        while len(data) < count: data += connection.recv(count - len(data)) or sys.exit("the connection ended")
        return data
    def ask(connection, number):
        text = json.dumps({"id": number, "type": "vscode/showMessage", "params": {"message": "hello"}}).encode()
        connection.sendall(b"\x81" + bytes([0x80 | len(text)]) + b"\0\0\0\0" + text)
        return json.loads(take(connection, take(connection, 2)[1]))["success"]
    mine, status = connect()
    print("connected", status, flush=True)
    for number, line in enumerate(open(sys.argv[1])):
        other, status = connect()
        print(line.strip(), ask(mine, number), status, flush=True)
        other.close()
    """#

  /// Waits until a program has printed a text.
  private func until(_ program: Program, prints text: String) throws {
    let limit = time(nil) + 120
    while !program.output.contains(text) {
      try #require(time(nil) < limit, "never printed '\(text)': \(program.output)\(program.error)")
      usleep(10_000)
    }
  }

  private func say(_ line: String, _ pipe: Int32) { _ = write(pipe, line + "\n", line.utf8.count + 1) }

  /// Its connection and its token outlive a reload of the plugin, and the host.
  @Test(arguments: ["inprocess", "process"])
  func connectionOutlivesTheHost(mode: String) throws {
    let first = try host(mode)
    let (script, gate) = (first.home + "/script.py", first.home + "/gate")
    try Data(Self.script.utf8).write(to: URL(filePath: script))
    #expect(mkfifo(gate, 0o600) == 0)
    // For reading as well, so that it opens without a reader.
    let pipe = open(gate, O_RDWR | O_CLOEXEC)
    defer { close(pipe) }
    let run = try Program(
      [LiveHost.jackfield, "run", "--name", "talk", "--home", first.home, "--", "python3", script, gate], in: first.home)
    try until(run, prints: "connected 101")
    say("one", pipe)
    try until(run, prints: "one True 101")

    #expect(try first.run("plugins", "reload", "run-bridge").status == 0)
    say("two", pipe)
    try until(run, prints: "two True 101")

    #expect(first.stop().status == 0)
    let second = try host(mode, home: first.home)
    say("three", pipe)
    try until(run, prints: "three True 101")
    let shown = try second.json("call", "run.show", "--run", "talk")
    #expect(shown["state"] == "running" && shown["connections"]?.intValue ?? 0 >= 1)

    let stopped = try second.json("call", "run.stop", "--run", "talk")
    #expect(stopped["state"] == "ended" && stopped["signal"] == 15)
    let outcome = run.wait()
    #expect(outcome.status == 143 && outcome.error == "")
    #expect(second.stop().status == 0)
  }

  @Test func outputOfACapturedRunIsInTheLog() throws {
    let host = try host("inprocess")
    let outcome = try Program.run(
      [LiveHost.jackfield, "run", "--home", host.home, "--capture", "--name", "kept", "--", "sh", "-c", "echo out; echo err >&2; exit 4"],
      in: host.home)
    #expect(outcome.status == 4 && outcome.output == "out\n", "\(outcome)")
    #expect(outcome.error.hasPrefix("jackfield: run run-") && outcome.error.hasSuffix("\nerr\n"), "\(outcome)")
    let run = try #require(try host.json("call", "run.list", "--all")["runs"]?[0]?["run"]?.stringValue)
    let logs = try host.until("call", "runs.logs", "--run", run) { $0["logs"]?.arrayValue?.count == 2 }
    #expect(Set(logs["logs"]?.arrayValue?.compactMap { $0["text"]?.stringValue } ?? []) == ["out", "err"])
    #expect(try host.until("call", "runs.list") { $0["runs"]?[0]?["state"] == "finished" }["runs"]?[0]?["name"] == "kept")
    #expect(host.stop().status == 0)
  }
}
