// SPDX-License-Identifier: Apache-2.0
// New files take the place of those that run, while calls go on.
import FoundationEssentials
import Glibc
import JSON
import Testing

@Suite(.serialized) struct ReloadTests {
  /// Calls one after the other over a connection of its own, until a file appears; prints how many, and every answer that was no answer.
  private let caller = """
    import json, os, socket, sys
    door = socket.socket(socket.AF_UNIX)
    door.connect(sys.argv[1])
    lines = door.makefile()
    count = 0
    while not os.path.exists(sys.argv[3]):
        count += 1
        request = {"jsonrpc": "2.0", "id": count, "method": "command/call", "params": {"name": sys.argv[2], "input": count}}
        door.sendall((json.dumps(request) + "\\n").encode())
        answer = json.loads(lines.readline())
        if (answer.get("result") or {}).get("result") != count:
            print(json.dumps(answer), file=sys.stderr)
    print(count)
    """

  private func mode(_ mode: String, of id: String, in home: String, _ more: String = "") throws {
    let text = #"{"plugins": {"\#(id)": {"mode": "\#(mode)"\#(more)}}, "limits": {"startTimeoutMs": 3000}, "trust": {"pin": false}}"#
    try Data(text.utf8).write(to: URL(filePath: home + "/config.json"))
  }

  @Test(arguments: ["process", "inprocess"])
  func noCallIsLostWhileFilesAreReplaced(mode name: String) async throws {
    try await onOwnThread {
      let home = LiveHost.temporary("jackfield-reload")
      try DroppedPlugin.hello(in: home + "/plugins")
      try mode(name, of: "hello", in: home)
      let host = try LiveHost(home: home, plugins: [])
      let stop = home + "/stop"
      let socket = home + "/run/host.sock"
      let callers = try (0..<4).map { _ in
        try Program(["python3", "-c", caller, socket, "hello.echo", stop], in: home)
      }
      for _ in 0..<5 {
        try DroppedPlugin.hello(in: home + "/plugins")
        let outcome = try host.run("plugins", "reload", "hello")
        #expect(outcome.status == 0, "\(outcome.error)")
      }
      try Data().write(to: URL(filePath: stop))
      for caller in callers {
        let outcome = caller.wait()
        #expect(outcome.error == "")
        #expect((Int(outcome.output.filter(\.isNumber)) ?? 0) > 50, "\(outcome.output)")
      }
      #expect(host.stop().status == 0)
    }
  }

  @Test(arguments: ["process", "inprocess"])
  func newFilesThatDoNotStartLeaveTheOldCodeRunning(mode name: String) async throws {
    try await onOwnThread {
      let home = LiveHost.temporary("jackfield-reload")
      try DroppedPlugin.hello(in: home + "/plugins")
      try mode(name, of: "hello", in: home)
      let host = try LiveHost(home: home, plugins: [])
      #expect(try host.json("call", "hello.echo", "1") == 1)
      for wrong in ["-DFAIL_START", "-DFAIL_CREATE", "-DHANG_START"] where name == "process" || wrong != "-DHANG_START" {
        try DroppedPlugin.probe("hello", in: home + "/plugins", options: [wrong])
        let outcome = try host.run("plugins", "reload", "hello")
        #expect(outcome.status == 1 && outcome.error.contains("the old one goes on"), "\(wrong): \(outcome.error)")
        #expect(try host.json("call", "hello.echo", "2", "--timeout", "10s") == 2)
      }
      #expect(host.stop().status == 0)
    }
  }

  /// A call that the old process has begun is answered by the old process, while the new one answers the next.
  @Test func oldProcessEndsWithItsLastCall() async throws {
    try await onOwnThread {
      let home = LiveHost.temporary("jackfield-reload")
      try FaultyPlugin.build("faults", in: home + "/plugins", options: ["-DNEVER_FINISH"])
      try mode("process", of: "faults", in: home)
      // Made before: a compiler takes longer than the call may, when the machine is busy.
      let next = try FaultyPlugin.build("faults", in: home + "/next")
      let host = try LiveHost(home: home, plugins: [])
      let first = try host.json("call", "faults.pid", "{}")
      let waiting = try Program(
        [LiveHost.jackfield, "call", "faults.work", "{}", "--timeout", "5s", "--home", home], in: home)
      _ = try host.until("status", "--json") { $0["openCalls"]?.intValue == 1 }
      #expect(rename(next + "/libfaults.so", home + "/plugins/faults/libfaults.so") == 0)
      #expect(try host.run("plugins", "reload", "faults").status == 0)
      #expect(try host.json("call", "faults.pid", "{}") != first)
      #expect(kill(pid_t(first.intValue ?? 0), 0) == 0)
      #expect(waiting.wait().error.contains("deadline"))
      for _ in 0..<2_000 where kill(pid_t(first.intValue ?? 0), 0) == 0 { usleep(5_000) }
      #expect(kill(pid_t(first.intValue ?? 0), 0) != 0)
      #expect(host.stop().status == 0)
    }
  }

  @Test func addedCommandIsThereAndARemovedOneGone() async throws {
    try await onOwnThread {
      let home = LiveHost.temporary("jackfield-reload")
      try FaultyPlugin.build("faults", in: home + "/plugins")
      try mode("process", of: "faults", in: home)
      let host = try LiveHost(home: home, plugins: [])
      #expect(try host.json("call", "faults.echo", "1") == 1)
      let manifest = FaultyPlugin.manifest("faults").replacing(#""commands": ["#, with: #""commands": [{"name": "faults.more"},"#)
      try FaultyPlugin.build("faults", in: home + "/plugins", options: ["-DREGISTERS_MORE"], manifest: manifest)
      let outcome = try host.run("plugins", "reload", "faults")
      #expect(outcome.status == 0, "\(outcome.error)")
      #expect(try host.run("commands", "faults").output.contains("faults.more"))
      try FaultyPlugin.build("faults", in: home + "/plugins")
      #expect(try host.run("plugins", "reload", "faults").status == 0)
      #expect(!(try host.run("commands", "faults").output.contains("faults.more")))
      #expect(host.stop().status == 0)
    }
  }
}
