// SPDX-License-Identifier: Apache-2.0
// What becomes of a host whose plugins are changed, by their makers or by somebody else.
import FoundationEssentials
import Glibc
import JSON
import Testing

@Suite(.serialized) struct TrustTests {
  private static func row(_ id: String, _ host: LiveHost) throws -> JSONValue? {
    try host.json("plugins", "--json").arrayValue?.first { $0["id"]?.stringValue == id }
  }

  private static func append(_ path: String) throws {
    let file = open(path, O_WRONLY | O_APPEND)
    defer { close(file) }
    try #require(write(file, "x", 1) == 1)
  }

  /// The SHA-256 values that a sentence names.
  private static func hashes(_ reason: String?) -> [String] {
    (reason ?? "").matches(of: /[0-9a-f]{64}/).map { String($0.output) }
  }

  private static func log(_ host: LiveHost) -> String {
    (try? String(contentsOf: URL(filePath: host.home + "/state/log/host.log"), encoding: .utf8)) ?? ""
  }

  @Test(arguments: ["a byte more", "a full rebuild"]) func changedPluginIsRefusedUntilItIsAllowed(_ change: String) async throws {
    try await onOwnThread {
      let host = try LiveHost(plugins: [])
      let plugins = host.home + "/plugins"
      try DroppedPlugin.hello(in: plugins)
      try host.run("reload")
      #expect(try host.json("call", "hello.echo", "1") == 1)
      let old = try host.json("plugins", "info", "hello")["sha256"]?.stringValue
      if change == "a byte more" {
        try Self.append(plugins + "/hello/libprobe.so")
      } else {
        try DroppedPlugin.probe("hello", in: plugins, options: ["-O2", "-DREBUILT"])
      }
      #expect(try host.run("reload").status == 0)
      let refused = try Self.row("hello", host)
      #expect(refused?["state"] == "refused")
      let named = Self.hashes(refused?["reason"]?.stringValue)
      #expect(named.count == 2 && named.first == old && Set(named).count == 2)
      #expect(refused?["reason"]?.stringValue?.contains("'jackfield plugins allow hello'") == true)
      #expect(try host.run("call", "hello.echo", "2").status == 1)
      #expect(try host.run("plugins", "reload", "hello").status == 1)

      #expect(try host.run("plugins", "allow", "hello").status == 0)
      #expect(try host.json("call", "hello.echo", "3") == 3)
      #expect(try host.json("plugins", "info", "hello")["sha256"]?.stringValue == named.last)
      host.stop()
    }
  }

  @Test func allowSpeaksOfPluginsThatAreThere() async throws {
    try await onOwnThread {
      let host = try LiveHost(plugins: [])
      try DroppedPlugin.hello(in: host.home + "/plugins")
      try host.run("reload")
      let unknown = try host.run("plugins", "allow", "helo")
      #expect(unknown.status == 1 && unknown.error.contains("there is no plugin 'helo'; did you mean 'hello'?"))
      // One that is as it was goes on as it is, with what it is doing.
      let call = try Program([LiveHost.jackfield, "call", "hello.never", "{}", "--home", host.home], in: host.home)
      _ = try host.until("status", "--json") { $0["openCalls"]?.intValue == 1 }
      #expect(try host.run("plugins", "allow", "hello").status == 0)
      #expect(try host.json("status", "--json")["openCalls"] == 1)
      host.stop()
      _ = call.wait()
    }
  }

  @Test func restartAndALostLockAreNoComplaint() async throws {
    try await onOwnThread {
      let first = try LiveHost(plugins: [])
      try DroppedPlugin.hello(in: first.home + "/plugins")
      try first.run("reload")
      first.stop()
      let second = try LiveHost(home: first.home, plugins: [])
      #expect(try second.json("call", "hello.echo", "1") == 1)
      second.stop()
      unlink(first.home + "/state/plugins.lock")
      let third = try LiveHost(home: first.home, plugins: [])
      #expect(try third.json("call", "hello.echo", "1") == 1)
      third.stop()
      let log = Self.log(third)
      #expect(log.split(separator: "\n").count { $0.contains("plugin pinned at its first use") } == 2)
      let complaints = log.split(separator: "\n").filter { $0.contains(#""level":"warning""#) || $0.contains(#""level":"error""#) }
      #expect(complaints.filter { $0.contains("hello") } == [])
    }
  }

  @Test func damagedLockKeepsPluginsOutAndTheHostRuns() async throws {
    try await onOwnThread {
      let host = try LiveHost(plugins: [])
      try DroppedPlugin.hello(in: host.home + "/plugins")
      try host.run("reload")
      let lock = host.home + "/state/plugins.lock"
      try Data("{}".utf8).write(to: URL(filePath: lock))
      try host.run("reload")
      #expect(try Self.row("hello", host)?["reason"]?.stringValue?.contains("'\(lock)', where it stands") == true)
      #expect(try Data(contentsOf: URL(filePath: lock)) == Data("{}".utf8))
      unlink(lock)
      try host.run("reload")
      #expect(try host.json("call", "hello.echo", "1") == 1)
      host.stop()
    }
  }

  @Test(arguments: ["inprocess", "process"]) func libraryThatIsWrittenOverWhileItRunsHarmsNobody(mode: String) async throws {
    try await onOwnThread {
      let home = LiveHost.temporary("jackfield-overwritten")
      try Data("{ plugins: { hello: { mode: '\(mode)' } } }".utf8).write(to: URL(filePath: home + "/config.json"))
      let library = home + "/plugins/hello/libprobe.so"
      try DroppedPlugin.hello(in: home + "/plugins")
      let host = try LiveHost(home: home, plugins: [])
      #expect(try Self.row("hello", host)?["mode"]?.stringValue == mode)
      let call = try Program([LiveHost.jackfield, "call", "hello.never", "{}", "--home", host.home], in: host.home)
      _ = try host.until("status", "--json") { $0["openCalls"]?.intValue == 1 }
      let file = open(library, O_WRONLY | O_TRUNC)
      #expect(write(file, "garbage", 7) == 7)
      close(file)
      for verb in ["echo", "inline", "config", "progress", "stream", "echo"] {
        #expect(try host.run("call", "hello.\(verb)", "{}").status == 0, "\(verb)")
      }
      #expect(host.stop().status == 0)
      _ = call.wait()
    }
  }

  @Test func developerSwitchLoadsWhatLiesThere() async throws {
    try await onOwnThread {
      let home = LiveHost.temporary("jackfield-unpinned")
      try Data("{ trust: { pin: false } }".utf8).write(to: URL(filePath: home + "/config.json"))
      try DroppedPlugin.hello(in: home + "/plugins")
      let host = try LiveHost(home: home, plugins: [])
      try Self.append(home + "/plugins/hello/libprobe.so")
      try host.run("reload")
      #expect(try host.json("call", "hello.echo", "1") == 1)
      #expect(!FileManager.default.fileExists(atPath: home + "/state/plugins.lock"))
      host.stop()
    }
  }

  @Test func hostAndItsPluginsAreUpgradedWithoutAQuestion() async throws {
    try await onOwnThread {
      let place = LiveHost.temporary("jackfield-installed")
      try FileManager.default.createDirectory(atPath: place + "/bin", withIntermediateDirectories: true)
      // Another process writes it: a program cannot be started while a child of some other test holds it open for writing.
      try #require(Program.run(["cp", LiveHost.jackfield, place + "/bin/jackfield"], in: place).status == 0)
      try DroppedPlugin.hello(in: place + "/plugins")
      let before = try LiveHost(plugins: [place + "/plugins"], executable: place + "/bin/jackfield")
      #expect(try before.json("call", "hello.echo", "1") == 1)
      before.stop()
      try DroppedPlugin.probe("hello", in: place + "/plugins", options: ["-O2"])
      let after = try LiveHost(home: before.home, plugins: [place + "/plugins"], executable: place + "/bin/jackfield")
      #expect(try after.json("call", "hello.echo", "1") == 1)
      after.stop()
      #expect(Self.log(after).contains("plugin of this installation changed, pinned anew"))
    }
  }

  /// A limit on file sizes stands for a full disk: both fail in the middle of a copy.
  @Test func copyThatDoesNotFitIsRefusedAndLeavesNothing() async throws {
    try await onOwnThread {
      let home = LiveHost.temporary("jackfield-full")
      try DroppedPlugin.hello(in: home + "/plugins")
      let host = try LiveHost(home: home, prelude: "trap '' XFSZ; ulimit -f 512")
      for id in ["store", "trainer"] {
        let row = try Self.row(id, host)
        #expect(row?["state"] == "refused")
        #expect(row?["reason"]?.stringValue?.contains("file too large; see that the host's user may write there") == true)
      }
      #expect(try host.json("call", "hello.echo", "1") == 1)
      let sha256 = try host.json("plugins", "info", "hello")["sha256"]?.stringValue ?? ""
      #expect(try FileManager.default.contentsOfDirectory(atPath: home + "/state/store") == [sha256])
      host.stop()
    }
  }
}
