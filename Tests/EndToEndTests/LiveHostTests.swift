// SPDX-License-Identifier: Apache-2.0
import FoundationEssentials
import Glibc
import JSON
import Testing

@Suite(.serialized) struct LiveHostTests {
  private func row(_ id: String, in plugins: JSONValue) -> JSONValue? {
    (plugins["plugins"] ?? plugins).arrayValue?.first { $0["id"]?.stringValue == id }
  }

  @Test(arguments: ["inprocess", "process"])
  func shippedPluginsStartAndStop(mode: String) async throws {
    try await onOwnThread {
      let host = try LiveHost(mode: mode)
      let plugins = try host.json("plugins", "--json")
      for id in ["store", "trainer", "health"] {
        #expect(row(id, in: plugins)?["state"]?.stringValue == "active")
        #expect(row(id, in: plugins)?["mode"]?.stringValue == mode)
      }
      let outcome = host.stop()
      #expect(outcome.status == 0)
      #expect(!FileManager.default.fileExists(atPath: host.home + "/run/host.sock"))
    }
  }

  @Test(arguments: ["store/libStore.so", "trainer/libTrainer.so", "health/libHealth.so"])
  func shippedPluginShowsOneSymbol(library: String) async throws {
    try await onOwnThread {
      let outcome = try Program.run(
        ["nm", "-D", "--extern-only", "--defined-only", "\(LiveHost.shipped)/\(library)"], in: LiveHost.temporary("jackfield-nm"))
      #expect(outcome.output.split(separator: "\n").map { $0.split(separator: " ").last ?? "" } == ["jf_plugin_entry_1"])
    }
  }

  @Test func secondHostOnTheSameHomeNamesTheFirst() async throws {
    try await onOwnThread {
      let host = try LiveHost()
      let second = try host.run("serve", "--plugins", LiveHost.shipped)
      #expect(second.status == 1)
      #expect(second.error.contains("a host is running on '\(host.home)/run' already (process \(host.process.pid))"))
      host.stop()
    }
  }

  @Test func withoutAHostTheExitStatusIsThreeAndSaysHowToStartOne() async throws {
    try await onOwnThread {
      let home = LiveHost.temporary("jackfield-nohost")
      let outcome = try Program.run([LiveHost.jackfield, "status", "--home", home], in: home)
      #expect(outcome.status == 3)
      #expect(outcome.error.contains("jackfield serve"))
    }
  }

  @Test func exitStatusTellsUsageFromFailure() async throws {
    try await onOwnThread {
      let host = try LiveHost()
      #expect(try host.run("call", "runs.show", "--run", "nobody").status == 1)
      #expect(try host.run("call", "runs.show", "--rum", "x").status == 2)
      #expect(try host.run("call", "runs.list").status == 0)
      host.stop()
    }
  }

  @Test func pluginDroppedInIsUsableAfterAReload() async throws {
    try await onOwnThread {
      let host = try LiveHost()
      #expect(try host.run("call", "hello.echo", "{}").status == 1)
      try DroppedPlugin.hello(in: host.home + "/plugins")
      #expect(try host.run("reload").status == 0)
      #expect(try host.json("call", "hello.echo", #"{"a":[1,2]}"#) == ["a": [1, 2]])
      #expect(row("hello", in: try host.json("plugins", "--json"))?["state"]?.stringValue == "active")
      #expect(try host.run("plugins", "disable", "hello").status == 0)
      #expect(try host.run("call", "hello.echo", "{}").status == 1)
      #expect(row("hello", in: try host.json("plugins", "--json"))?["state"]?.stringValue == "disabled")
      #expect(try host.run("plugins", "enable", "hello").status == 0)
      #expect(try host.json("call", "hello.echo", "7") == 7)
      host.stop()
    }
  }

  @Test func brokenPluginsAreExplainedAndTheHostRunsOn() async throws {
    try await onOwnThread {
      let home = LiveHost.temporary("jackfield-broken")
      let expected = try DroppedPlugin.broken(in: home + "/plugins")
      let host = try LiveHost(home: home)
      let plugins = try host.json("plugins", "--json")
      for (id, part) in expected {
        let found = row(id, in: plugins)
        #expect(found?["state"]?.stringValue == "refused", "\(id)")
        #expect(found?["reason"]?.stringValue?.contains(part) == true, "\(id): \(found?["reason"]?.stringValue ?? "no reason")")
      }
      #expect(row("store", in: plugins)?["state"]?.stringValue == "active")
      host.stop()
    }
  }

  @Test func configurationWithAnErrorKeepsTheOldOneRunning() async throws {
    try await onOwnThread {
      let host = try LiveHost()
      try Data("{ plugin: {} }".utf8).write(to: URL(filePath: host.home + "/config.json"))
      let outcome = try host.run("reload")
      #expect(outcome.status == 1)
      #expect(outcome.error.contains("config.json:1:3"))
      #expect(outcome.error.contains("did you mean 'plugins'?"))
      #expect(try host.run("call", "runs.list").status == 0)
      try Data("{ plugins: { trainer: { enabled: false } } }".utf8).write(to: URL(filePath: host.home + "/config.json"))
      #expect(try host.run("reload").status == 0)
      #expect(row("trainer", in: try host.json("plugins", "--json"))?["state"]?.stringValue == "disabled")
      host.stop()
    }
  }

  @Test(arguments: [0, 1, 2])
  func terminationAtAnyMomentIsOrderly(moment: Int) async throws {
    try await onOwnThread {
      let host = try LiveHost(ready: moment > 0)
      var calls: [Program] = []
      if moment == 2 {
        try DroppedPlugin.hello(in: host.home + "/plugins")
        try host.run("reload")
        calls = try (0..<4).map { _ in try Program([LiveHost.jackfield, "call", "hello.never", "{}", "--home", host.home], in: host.home) }
        _ = try host.until("status", "--json") { ($0["openCalls"]?.intValue ?? 0) == 4 }
      }
      host.process.send(SIGTERM)
      host.process.send(SIGTERM)
      let outcome = host.process.wait()
      #expect(outcome.status == 0 || (moment == 0 && outcome.status == -SIGTERM), "\(outcome)")
      for call in calls { #expect(call.wait().status == 1) }
      let database = host.home + "/data/jackfield.sqlite"
      if FileManager.default.fileExists(atPath: database) { #expect(try DatabaseCheck.integrity(database) == "ok") }
    }
  }

  /// Ctrl-S at its terminal, or a parent that does not empty the pipe it started the host with.
  @Test func logThatNobodyReadsHoldsNobodyUp() async throws {
    try await onOwnThread {
      let host = try LiveHost(errorsUnread: true)
      try DroppedPlugin.hello(in: host.home + "/plugins")
      try host.run("reload")
      let isAnswered = try host.run("call", "hello.log", "--timeout", "20s").status == 0
      #expect(isAnswered)
      if isAnswered { #expect(host.stop().status == 0) } else { host.killNow() }
    }
  }

  /// The writer of a pipe may be slower than its reader.
  @Test func inputOfACallComesThroughAPipe() async throws {
    try await onOwnThread {
      let host = try LiveHost()
      let command = "\(LiveHost.jackfield) call runs.list --home \(host.home)"
      let script = "(sleep 0.2; echo '{\"limit\": 1}') | \(command) - && \(command) @<(sleep 0.2; echo '{}')"
      let outcome = try Program.run(["bash", "-c", script], in: host.home)
      #expect(outcome.status == 0, "\(outcome.error)")
      #expect(outcome.output.split(separator: "\n").count == 2)
      host.stop()
    }
  }
}
