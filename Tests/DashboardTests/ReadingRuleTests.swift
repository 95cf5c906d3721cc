// SPDX-License-Identifier: Apache-2.0

import FoundationEssentials
import JSON
import Testing

@testable import Dashboard

@Suite struct ReadingRuleTests {
  /// Every command of every plugin here, with whether it says that it is idempotent.
  private static let commands: [(name: String, isIdempotent: Bool)] = {
    let directory = PulseHost.packageDirectory + "/Plugins"
    let plugins = (try? FileManager.default.contentsOfDirectory(atPath: directory)) ?? []
    return plugins.sorted().flatMap { plugin -> [(name: String, isIdempotent: Bool)] in
      guard let text = try? String(contentsOfFile: "\(directory)/\(plugin)/plugin.json", encoding: .utf8),
        let commands = try? JSONValue(parsing: text)["commands"]?.arrayValue
      else { return [] }
      return commands.map { ($0["name"]?.stringValue ?? "", $0["idempotent"]?.boolValue ?? false) }
    }
  }()

  /// What may be called, written down once more: a new command that reads is added here by somebody who looked at it.
  private static let reading: Set<String> = [
    "bridge.consents", "bridge.conversations", "bridge.fronts", "bridge.pending", "bridge.status",
    "code.output", "code.queue",
    "health.alerts", "health.host", "health.list", "health.report",
    "kernel.list", "kernel.monitor", "kernel.servers", "kernel.show", "kernel.specs",
    "results.get", "results.list",
    "run.follow", "run.list", "run.show",
    "runs.alerts", "runs.checkpoints", "runs.compare", "runs.health", "runs.lineage", "runs.list", "runs.logs", "runs.marks", "runs.names",
    "runs.report", "runs.reports", "runs.series", "runs.sessions", "runs.show", "runs.subset", "runs.tests",
    "session.list", "store.status", "train.list", "trainer.list", "watch.history", "watch.list",
  ]

  @Test func ofAllThatIsShippedOnlyWhatReadsPasses() {
    let allowed = Set(Self.commands.filter { ReadingRule.allows($0.name, isIdempotent: $0.isIdempotent) }.map(\.name))
    #expect(Self.commands.count > 100)
    #expect(allowed.subtracting(Self.reading).filter { !$0.hasPrefix("dashboard.") } == [])
    #expect(Self.reading.subtracting(allowed) == [])
    #expect(allowed.filter { $0.hasPrefix("dashboard.") }.isSubset(of: ["dashboard.status"]))
  }

  @Test(arguments: [
    "runs.delete", "runs.rename", "runs.archive", "trainer.pause", "trainer.stop", "trainer.request", "trainer.report", "kernel.evaluate",
    "kernel.variables", "kernel.history", "kernel.install", "code.run", "results.clear", "results.export", "export.inspect",
    "export.verify", "store.vacuum", "store.verify", "watch.clear", "bridge.revoke", "bridge.audit", "dashboard.open", "dashboard.url",
  ])
  func whatChangesSomethingDoesNot(_ name: String) {
    #expect(!ReadingRule.allows(name, isIdempotent: true))
    #expect(!ReadingRule.allows(name, isIdempotent: false))
  }

  /// Somebody else's plugin may call a command as ours are called; it is its namespace that makes ours known.
  @Test(arguments: [
    ("stranger.list", true, true), ("stranger.list", false, false), ("stranger.queue", true, false), ("stranger.report", true, false),
    ("stranger.reset", true, false), ("stranger.list_and_delete", true, false), ("stranger.runs.show", true, true), ("list", true, false),
    ("", true, false), ("stranger.", true, false), ("stranger.LIST", true, false), ("runs.report.", true, false),
  ])
  func aStrangersCommandPassesByItsVerbAlone(_ name: String, _ isIdempotent: Bool, _ isAllowed: Bool) {
    #expect(ReadingRule.allows(name, isIdempotent: isIdempotent) == isAllowed)
  }

  @Test func ofTheHostOnlyWhatTellsIsAsked() {
    #expect(ReadingRule.hostMethods.isSubset(of: HostRoute.methods))
    for method in ReadingRule.hostMethods { #expect(["list", "info", "status"].contains(String(method.split(separator: "/")[1]))) }
    #expect(!HostRoute.methods.contains("host/stop"))
  }
}
