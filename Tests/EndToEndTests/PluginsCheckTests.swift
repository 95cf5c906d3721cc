// SPDX-License-Identifier: Apache-2.0
import Dispatch
import FoundationEssentials
import Glibc
import JSON
import Testing

/// `jackfield plugins check` against plugins that break one rule each, and against good ones.
@Suite struct PluginsCheckTests {
  /// A check waits most of its time; more of them at once would keep each other from ending in time.
  private static let places = DispatchSemaphore(value: 3)

  private struct Check {
    let status: Int32
    let json: JSONValue
    let error: String

    var findings: [JSONValue] { json["findings"]?.arrayValue ?? [] }

    init(_ path: String, _ options: [String]) throws {
      places.wait()
      defer { places.signal() }
      let outcome = try Program.run(
        [LiveHost.jackfield, "plugins", "check", path, "--json"] + options, in: LiveHost.temporary("jackfield-check-test"))
      status = outcome.status
      error = outcome.error
      json = (try? JSONValue(parsing: outcome.output)) ?? .null
    }

    func finding(_ rule: String) -> JSONValue? { findings.first { $0["rule"]?.stringValue == rule } }
  }

  private static func built(_ options: [String]) throws -> String {
    try FaultyPlugin.build("bad", in: LiveHost.temporary("jackfield-bad"), options: options)
  }

  // MARK: Good plugins

  @Test func goodPluginHasNoFindings() async throws {
    try await onOwnThread {
      let check = try Check(Self.built([]), [])
      #expect(check.findings == [] && check.status == 0)
      #expect(check.json["steps"] == 21 && check.json["skipped"] == 0, "\(check.json)")
    }
  }

  @Test(arguments: [
    ("store", "{}"), ("trainer", #"{"port": 0}"#), ("health", "{}"), ("export", "{}"), ("kernel", #"{"outliveHost": false}"#),
  ])
  func shippedPluginHasNoFindings(id: String, configuration: String) async throws {
    try await onOwnThread {
      // All the other tests are at the processor too.
      let check = try Check("\(LiveHost.shipped)/\(id)", ["--config", configuration, "--time-limit", "60s"])
      #expect(check.findings == [] && check.status == 0, "\(check.json)")
    }
  }

  @Test func thePageHasNoFindings() async throws {
    try await onOwnThread {
      let check = try Check("\(try LiveHost.shippedWithPage())/dashboard", ["--config", #"{"port": 0}"#, "--time-limit", "60s"])
      #expect(check.findings == [] && check.status == 0, "\(check.json)")
    }
  }

  // MARK: One fault each

  private static let crash = "a plugin does not crash"
  private static let hang = "every function returns soon"
  private static let finish = "every call is finished exactly once, with valid content"
  private static let registers = "the code registers the commands that plugin.json names"

  @Test(arguments: [
    ("SEGV", crash, "SIGSEGV"), ("ABORT", crash, "SIGABRT"), ("TRAP", crash, "SIG"), ("KILL", crash, "SIGKILL"),
    ("HANG", hang, "it was waiting"), ("SPIN", hang, "nothing had come back"),
    ("EXIT", "a plugin does not end its process", "exited with status 3"), ("FORK", "no process is left behind", "still ran"),
    ("CLOSE3", "descriptors that are not yours stay open", "descriptor 3"),
    ("PRINT", "a plugin prints nothing", "a line on standard output"),
  ])
  func faultInACommandIsFound(fault: String, rule: String, part: String) async throws {
    try await onOwnThread {
      let check = try Check(
        Self.built(FaultyPlugin.options(fault, at: "INVOKE")), ["--first"] + (rule == Self.hang ? ["--time-limit", "5s"] : []))
      let finding = try #require(check.finding(rule), "\(check.json) \(check.error)")
      #expect(finding["seen"]?.stringValue?.contains(part) == true, "\(finding)")
      #expect(finding["step"] == "bad.work: example")
      #expect(check.status == (fault == "PRINT" ? 0 : 1))
    }
  }

  @Test(arguments: [
    ("CONSTRUCTOR", "load", "in the library's constructors"), ("ENTRY", "load", "in jf_plugin_entry_1"),
    ("CREATE", "create", "in create {}"),
    ("START", "life", "in start"), ("EVENT", "events of 'faults.poke'", "in event topic 0 'faults.poke'"), ("STOP", "life", "in stop"),
    ("DESTROY", "create", "in destroy"),
  ])
  func crashIsFoundWhereItHappens(place: String, step: String, part: String) async throws {
    try await onOwnThread {
      let check = try Check(Self.built(FaultyPlugin.options("SEGV", at: place)), ["--first"])
      let finding = try #require(check.finding(Self.crash), "\(check.json)")
      #expect(finding["step"]?.stringValue == step)
      #expect(finding["seen"]?.stringValue?.contains("died of SIGSEGV \(part)") == true, "\(finding)")
    }
  }

  @Test(arguments: ["CONSTRUCTOR", "START", "STOP"])
  func hangIsFoundWhereItHappens(place: String) async throws {
    try await onOwnThread {
      let check = try Check(Self.built(FaultyPlugin.options("HANG", at: place)), ["--time-limit", "3s"])
      #expect(check.finding(Self.hang)?["step"]?.stringValue == (place == "CONSTRUCTOR" ? "load" : "life"), "\(check.json)")
      #expect(check.json["skipped"]?.intValue ?? 0 > 10)
    }
  }

  @Test(arguments: [
    ("NEVER_FINISH", "a cancelled call ends"), ("FINISH_TWICE", finish), ("RETURN_OK_UNFINISHED", finish),
    ("FINISH_AFTER_DESTROY", "nothing is asked of the host after destroy"),
    ("THREAD_OUTLIVES_STOP", "nothing is asked of the host after stop"),
    ("THREAD_OUTLIVES_STOP", "stop ends every thread"), ("KEEP_POINTER", "borrowed memory is not touched after the call"),
    ("BAD_UTF8", "text and JSON are UTF-8"), ("HUGE", "nothing is over the host's limits"),
    ("EMIT_PAST_CREDIT", "without credit a plugin waits for JF_EVENT_CREDIT"), ("FLOOD_LOG", "a plugin logs at most 1 000 lines a second"),
    ("FLOOD_PROGRESS", "progress is told a few times a second"), ("SIGNAL_HANDLER", "signal handlers are the host's"),
    ("CHDIR", "the working directory stays"), ("LOCALE", "the locale stays"), ("FPU", "the floating-point mode of the host's thread stays"),
    ("CALL_IN_CREATE", "call_start is not called in create"), ("REGISTERS_LESS", registers), ("REGISTERS_MORE", registers),
    ("WRONG_ID", "the id in the code is that of plugin.json"), ("WRONG_VERSION", "the version in the code is that of plugin.json"),
  ])
  func brokenRuleIsFound(fault: String, rule: String) async throws {
    try await onOwnThread {
      let check = try Check(Self.built(["-D\(fault)"]), ["--first"])
      #expect(check.finding(rule) != nil, "\(check.json) \(check.error)")
    }
  }

  @Test func trapsOfSwiftAreFoundWithTheirWords() async throws {
    try await onOwnThread {
      let check = try Check(FaultyPlugin.swift(in: LiveHost.temporary("jackfield-swiftfault")), [])
      let steps = Set(check.findings.filter { $0["rule"]?.stringValue == Self.crash }.compactMap { $0["step"]?.stringValue })
      #expect(steps.isSuperset(of: ["trap", "bounds", "unwrap", "overflow"].map { "swiftfault.\($0): example" }), "\(check.json)")
      #expect(check.findings.contains { $0["seen"]?.stringValue?.contains("Fatal error: the plugin gave up") == true })
      #expect(!steps.contains { $0.hasPrefix("swiftfault.echo") || $0.hasPrefix("swiftfault.pid") })
    }
  }

  // MARK: What is not run

  @Test func staticCheckRunsNothing() async throws {
    try await onOwnThread {
      let check = try Check(Self.built(FaultyPlugin.options("SEGV", at: "CONSTRUCTOR")), ["--static"])
      #expect(check.status == 0 && check.json["steps"] == 0)
    }
  }

  @Test func pluginTheHostWouldNotLoadIsNotRun() async throws {
    try await onOwnThread {
      let directory = try Self.built([])
      chmod(directory + "/libfaults.so", 0o777)
      let check = try Check(directory, [])
      #expect(check.status == 1 && check.json["steps"] == 0)
      #expect(check.finding("the host lets the plugin in")?["step"] == "static")
      #expect(check.json["note"] == "the host would not load it, so nothing of it was run")
    }
  }

  // MARK: Words and ends

  @Test(arguments: [["--seed", "x"], ["--time-limit", "never"], ["--config", "[1]"], ["--config", #"{"port": 0}"#]])
  func wrongWordsAreUsage(options: [String]) async throws {
    try await onOwnThread {
      let check = try Check(Self.built([]), options)
      #expect(check.status == 2 && !check.error.isEmpty)
    }
  }

  @Test func textEndsWithOneLineThatSaysIt() async throws {
    try await onOwnThread {
      let directory = try Self.built(["-DWRONG_VERSION"])
      let outcome = try Program.run([LiveHost.jackfield, "plugins", "check", directory, "--seed", "7", "--first"], in: directory)
      #expect(
        outcome.output == """
          fault: the version in the code is that of plugin.json: '9.9.9' and '1.0.0'; make them equal (load)
          '\(directory)': 1 fault (1 of 21 steps, seed 7)

          """)
      #expect(outcome.status == 1)
    }
  }

  @Test(arguments: [SIGINT, SIGKILL]) func nothingOutlivesTheCommand(signal: Int32) async throws {
    try await onOwnThread {
      let directory = try Self.built(FaultyPlugin.options("HANG", at: "CONSTRUCTOR"))
      let command = try Program([LiveHost.jackfield, "plugins", "check", directory, "--time-limit", "1h"], in: directory)
      let child = try Self.child(of: command.pid)
      command.send(signal)
      #expect(command.wait().status == (signal == SIGINT ? 130 : -SIGKILL))
      // It ends soon after; there is nothing of ours to wait on.
      for _ in 0..<2_000 where kill(child, 0) == 0 && !Self.isZombie(child) { usleep(5_000) }
      #expect(kill(child, 0) != 0 || Self.isZombie(child))
    }
  }

  private static func child(of pid: pid_t) throws -> pid_t {
    for _ in 0..<2_000 {
      let text = (try? String(contentsOf: URL(filePath: "/proc/\(pid)/task/\(pid)/children"), encoding: .utf8)) ?? ""
      if let child = text.split(separator: " ").first.flatMap({ pid_t($0) }) { return child }
      usleep(5_000)
    }
    throw LiveHost.NotReady(description: "the check started no process")
  }

  /// Whether it has ended and only waits to be asked for; who adopts orphans here may never ask.
  private static func isZombie(_ pid: pid_t) -> Bool {
    let text = (try? String(contentsOf: URL(filePath: "/proc/\(pid)/stat"), encoding: .utf8)) ?? ""
    return text.contains(") Z ")
  }
}
