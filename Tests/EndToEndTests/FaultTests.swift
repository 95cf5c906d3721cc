// SPDX-License-Identifier: Apache-2.0
// What each fault of a plugin in a process of its own costs: that plugin, for a moment, and nobody else. The table of
// Docs/reliability.md says the same in words.
import FoundationEssentials
import Glibc
import JSON
import Testing

@Suite(.serialized) struct FaultTests {
  /// Short limits, and no look at the process when it crashes: that takes seconds each.
  private func configure(_ home: String, _ ids: [String], lookedAt: Set<String> = [], stuckMs: Int = 1_500) throws {
    let plugins = ids.map { id in
      #""\#(id)": {"environment": \#(lookedAt.contains(id) ? "{}" : #"{"SWIFT_BACKTRACE": "enable=no"}"#)}"#
    }
    let limits =
      #"{"startTimeoutMs": 2000, "stopTimeoutMs": 700, "cancelGraceMs": 300, "stuckTimeoutMs": \#(stuckMs), "drainTimeoutMs": 2000}"#
    let text = #"{"limits": \#(limits), "plugins": {\#(plugins.joined(separator: ", "))}}"#
    try Data(text.utf8).write(to: URL(filePath: home + "/config.json"))
  }

  private func host(_ faults: [(id: String, options: [String])], lookedAt: Set<String> = [], stuckMs: Int = 1_500) throws -> LiveHost {
    let home = LiveHost.temporary("jackfield-faults")
    for (id, options) in faults { try FaultyPlugin.build(id, in: home + "/plugins", options: options) }
    try configure(home, faults.map(\.id), lookedAt: lookedAt, stuckMs: stuckMs)
    return try LiveHost(home: home, plugins: [])
  }

  private func information(_ id: String, _ host: LiveHost) throws -> JSONValue { try host.json("plugins", "info", id, "--json") }

  private func until(_ id: String, is state: String, _ host: LiveHost) throws -> JSONValue {
    try host.until("plugins", "info", id, "--json") { $0["state"]?.stringValue == state }
  }

  /// Begins a call.
  private func call(_ command: String, _ host: LiveHost) throws -> Program {
    try Program([LiveHost.jackfield, "call", command, "{}", "--timeout", "30s", "--home", host.home], in: host.home)
  }

  private static let crashes = ["SEGV", "ABORT", "TRAP"]

  /// Every command waits while the plugin is started again and again; at the third crash it hears why there will be no fourth.
  @Test func crashBeforeItRunsEndsInQuarantine() async throws {
    try await onOwnThread {
      let faults = Self.crashes.flatMap { fault in
        ["CONSTRUCTOR", "ENTRY", "CREATE", "START"].map { (fault, $0, "\(fault)-\($0)".lowercased()) }
      }
      let host = try host(faults.map { ($2.filter { $0 != "-" }, FaultyPlugin.options($0, at: $1)) })
      let ids = faults.map { $2.filter { $0 != "-" } }
      let calls = try ids.map { try call("\($0).echo", host) }
      for (id, call) in zip(ids, calls) {
        let outcome = call.wait()
        #expect(outcome.status == 1 && outcome.error.contains("crashed 3 times within 5 minutes"), "\(id): \(outcome.error)")
        #expect(try information(id, host)["state"]?.stringValue == "quarantined", "\(id)")
      }
      #expect(host.stop().status == 0)
    }
  }

  /// Held back over a restart of the host, until somebody says so or the files are others.
  @Test func quarantineLastsUntilItIsLifted() async throws {
    try await onOwnThread {
      let home = LiveHost.temporary("jackfield-faults")
      try FaultyPlugin.build("held", in: home + "/plugins", options: FaultyPlugin.options("KILL", at: "INVOKE"))
      try configure(home, ["held"])
      let first = try LiveHost(home: home, plugins: [])
      for _ in 0..<3 { #expect(try first.run("call", "held.work", "{}", "--timeout", "20s").status == 1) }
      #expect(try until("held", is: "quarantined", first)["crashes"]?.intValue == 3)
      #expect(first.stop().status == 0)
      let second = try LiveHost(home: home, plugins: [])
      #expect(try information("held", second)["state"]?.stringValue == "quarantined")
      #expect(try second.run("reload").status == 0)
      #expect(try second.run("call", "held.echo", "1").error.contains("crashed 3 times within 5 minutes"))
      #expect(try second.run("plugins", "enable", "held").status == 0)
      #expect(try second.json("call", "held.echo", "1") == 1)
      #expect(second.stop().status == 0)
    }
  }

  @Test func crashInACallCostsThatCallAndThePluginComesBack() async throws {
    try await onOwnThread {
      let faults = (Self.crashes + ["EXIT", "KILL"]).map { ($0.lowercased(), FaultyPlugin.options($0, at: "INVOKE")) }
      let host = try host(faults, lookedAt: ["segv"])
      for (id, _) in faults {
        let first = try host.json("call", "\(id).pid", "{}")
        let outcome = try host.run("call", "\(id).work", "{}")
        #expect(outcome.status == 1 && outcome.error.contains("died while it answered '\(id).work'"), "\(id): \(outcome.error)")
        #expect(try host.json("call", "\(id).echo", "7", "--timeout", "60s") == 7)
        #expect(try host.json("call", "\(id).pid", "{}") != first)
        #expect(try information(id, host)["crashes"]?.intValue == 1)
      }
      let crash = try information("segv", host)["lastCrash"]
      #expect(crash?["calls"]?[0]?.stringValue == "segv.work", "\(crash?.serialized() ?? "no report")")
      #expect(crash?.serialized().contains("faults.c") == true, "\(crash?.serialized() ?? "no report")")
      let shown = try host.run("plugins", "info", "segv").output
      #expect(shown.contains("faults.c"), "\(shown)")
      #expect(host.stop().status == 0)
    }
  }

  @Test func swiftTrapIsReportedWithItsPlace() async throws {
    try await onOwnThread {
      let home = LiveHost.temporary("jackfield-faults")
      try FaultyPlugin.swift(in: home + "/plugins")
      try configure(home, ["swiftfault"], lookedAt: ["swiftfault"])
      let host = try LiveHost(home: home, plugins: [])
      #expect(try host.run("call", "swiftfault.bounds", "{}").status == 1)
      let information = try host.until("plugins", "info", "swiftfault", "--json") { $0["lastCrash"] != nil }
      #expect(information["lastCrash"]?.serialized().contains("SwiftFaultPlugin.swift") == true, "\(information.serialized())")
      #expect(host.stop().status == 0)
    }
  }

  @Test func crashInAnEventIsTriedAgainAndThenQuarantined() async throws {
    try await onOwnThread {
      let home = LiveHost.temporary("jackfield-faults")
      let ids = Self.crashes.map { "\($0)event".lowercased() } + ["hangevent"]
      for (id, fault) in zip(ids, Self.crashes + ["HANG"]) {
        try FaultyPlugin.build(id, in: home + "/plugins", options: FaultyPlugin.options(fault, at: "EVENT"))
      }
      let manifest = DroppedPlugin.manifest("faults").replacing(#""publishes": ["faults.ticks"]"#, with: #""publishes": ["faults.poke"]"#)
      try DroppedPlugin.probe("faults", in: home + "/plugins", options: ["-DTICKS=\"faults.poke\""], manifest: manifest)
      try configure(home, ids)
      let host = try LiveHost(home: home, plugins: [])
      #expect(try host.json("call", "faults.publish", "1") == 0)
      for id in ids { #expect(try until(id, is: "quarantined", host)["crashes"]?.intValue == 3, "\(id)") }
      #expect(host.stop().status == 0)
    }
  }

  @Test func crashAndHangInStopHoldNobodyUp() async throws {
    try await onOwnThread {
      let faults = (Self.crashes + ["HANG", "SPIN"]).map { ("\($0)stop".lowercased(), FaultyPlugin.options($0, at: "STOP")) }
      let host = try host(faults)
      for (id, _) in faults {
        let pid = Int64(try host.json("call", "\(id).pid", "{}").intValue ?? 0)
        #expect(try host.run("plugins", "disable", id).status == 0)
        #expect(try information(id, host)["state"]?.stringValue == "disabled")
        #expect(try gone(pid), "\(id)")
      }
      #expect(host.stop().status == 0)
    }
  }

  @Test func hangBeforeItRunsIsGivenUpAndItsProcessEnded() async throws {
    try await onOwnThread {
      let places = ["CONSTRUCTOR", "ENTRY", "CREATE", "START"]
      let faults = places.map { ("hang\($0)".lowercased(), FaultyPlugin.options("HANG", at: $0)) }
      let host = try host(faults)
      let calls = try faults.map { try call("\($0.0).echo", host) }
      for ((id, _), call) in zip(faults, calls) {
        let outcome = call.wait()
        #expect(outcome.status == 1 && outcome.error.contains("did not start within 2000 ms"), "\(id): \(outcome.error)")
        #expect(try information(id, host)["state"]?.stringValue == "failed")
      }
      for pid in try runners(of: host) { #expect(try gone(pid), "\(pid)") }
      #expect(host.stop().status == 0)
    }
  }

  /// The deadline ends the call; what comes next waits for the process that takes the place of the one that hangs.
  @Test func hangInACallIsSampledAndReplaced() async throws {
    try await onOwnThread {
      let faults = ["HANG", "SPIN"].map { ("\($0)work".lowercased(), FaultyPlugin.options($0, at: "INVOKE")) }
      let host = try host(faults)
      for (id, _) in faults {
        let first = try host.json("call", "\(id).pid", "{}")
        #expect(try host.run("call", "\(id).work", "{}", "--timeout", "200ms").error.contains("deadline"))
        #expect(try host.json("call", "\(id).pid", "{}", "--timeout", "20s") != first)
        let crash = try information(id, host)["lastCrash"]
        #expect(crash?["sample"]?.serialized().contains("libfaults.so") == true, "\(crash?.serialized() ?? "no report")")
      }
      #expect(host.stop().status == 0)
    }
  }

  /// Bad manners that cost nothing, or one call.
  @Test func misbehaviourIsSurvived() async throws {
    try await onOwnThread {
      let faults: [(String, [String])] = [
        ("close3", FaultyPlugin.options("CLOSE3", at: "INVOKE")), ("print", FaultyPlugin.options("PRINT", at: "INVOKE")),
        ("fork", FaultyPlugin.options("FORK", at: "INVOKE")), ("never", ["-DNEVER_FINISH"]), ("twice", ["-DFINISH_TWICE"]),
        ("late", ["-DFINISH_AFTER_DESTROY"]), ("keeps", ["-DKEEP_POINTER"]), ("badtext", ["-DBAD_UTF8"]), ("huge", ["-DHUGE"]),
        ("outlives", ["-DTHREAD_OUTLIVES_STOP"]), ("greedy", ["-DEMIT_PAST_CREDIT"]), ("chatter", ["-DFLOOD_LOG"]),
        ("silent", ["-DRETURN_OK_UNFINISHED"]),
      ]
      // Where the machine is busy, a hundred thousand lines take longer than the limits of the other tests.
      let host = try host(faults, stuckMs: 30_000)
      let neverDone: Set<String> = ["never", "late"]
      let outcomes = try faults.map {
        ($0.0, try host.run("call", "\($0.0).work", "{}", "--timeout", neverDone.contains($0.0) ? "2s" : "30s"))
      }
      let expected = [
        "never": "deadline", "late": "deadline", "badtext": "bytes that are not UTF-8",
        "huge": "answered 'huge.work' with 1073741824 bytes",
        "silent": "was done without answering it",
      ]
      for (id, outcome) in outcomes {
        if let sentence = expected[id] {
          #expect(outcome.error.contains(sentence), "\(id): \(outcome.error)")
        } else {
          #expect(outcome.status == 0, "\(id): \(outcome.error)")
        }
        #expect(try host.json("call", "\(id).echo", "1") == 1, "\(id)")
        #expect(try information(id, host)["crashes"]?.intValue == 0, "\(id)")
      }
      let log = try String(contentsOf: URL(filePath: host.home + "/state/log/host.log"), encoding: .utf8)
      #expect(log.contains("a line on standard output") && log.contains("a line on standard error"))
      let processes = try runners(of: host)
      #expect(processes.count >= faults.count)
      #expect(host.stop().status == 0)
      for pid in processes { #expect(try gone(pid), "\(pid)") }
    }
  }

  /// What the plugin forked goes with it, and no runner outlives a host that had no time to say good-bye.
  @Test func killedHostLeavesNoOrphan() async throws {
    try await onOwnThread {
      let host = try host([("fork", FaultyPlugin.options("FORK", at: "INVOKE")), ("hangwork", FaultyPlugin.options("HANG", at: "INVOKE"))])
      #expect(try host.run("call", "fork.work", "{}").status == 0)
      let hanging = try Program([LiveHost.jackfield, "call", "hangwork.work", "{}", "--home", host.home], in: host.home)
      _ = try host.until("status", "--json") { $0["openCalls"]?.intValue == 1 }
      let processes = try runners(of: host)
      #expect(processes.count == 3)  // and the forked one
      host.killNow()
      _ = hanging.wait()
      for pid in processes { #expect(try gone(pid), "\(pid)") }
    }
  }

  // MARK: Processes

  /// The processes whose line to the host hangs at this one: its runners, and what they forked.
  private func runners(of host: LiveHost) throws -> [Int64] {
    try FileManager.default.contentsOfDirectory(atPath: "/proc").compactMap { Int64($0) }.filter { pid in
      guard let status = try? String(contentsOf: URL(filePath: "/proc/\(pid)/stat"), encoding: .utf8) else { return false }
      let fields = status[status.lastIndex(of: ")")!...].split(separator: " ")
      guard fields[1] != "Z" else { return false }
      return try information(ofGroup: String(fields[3]), host)
    }
  }

  /// Whether a process group is led by a child of the host.
  private func information(ofGroup leader: String, _ host: LiveHost) throws -> Bool {
    guard let status = try? String(contentsOf: URL(filePath: "/proc/\(leader)/stat"), encoding: .utf8) else { return false }
    return status[status.lastIndex(of: ")")!...].split(separator: " ")[2] == "\(host.process.pid)"
  }

  /// Whether a process ends within ten seconds; there is nothing to wait on for a process that is not ours.
  private func gone(_ pid: Int64) throws -> Bool {
    for _ in 0..<2_000 {
      guard let status = try? String(contentsOf: URL(filePath: "/proc/\(pid)/stat"), encoding: .utf8) else { return true }
      if status[status.lastIndex(of: ")")!...].split(separator: " ")[1] == "Z" { return true }
      usleep(5_000)
    }
    return false
  }
}
