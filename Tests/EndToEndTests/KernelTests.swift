// SPDX-License-Identifier: Apache-2.0
import FoundationEssentials
import Glibc
import JSON
import Testing

/// Blocks of a file on a real ipykernel, through the whole host.
@Suite(.timeLimit(.minutes(3))) struct KernelTests {
  private static let python = LiveHost.packageDirectory + "/build/venv/bin/python"
  private static let source = """
    x = 20

    def f(n):
        return n + 1

    for i in range(3):
        print(i)
    f(x)
    1 / 0
    """

  private let folder = LiveHost.temporary("jackfield-code")
  private var file: String { folder + "/code.py" }

  init() throws { try Data(Self.source.utf8).write(to: URL(filePath: folder + "/code.py")) }

  /// The answer of `code.run` for a line, and its events.
  private func run(_ host: LiveHost, line: Int, _ others: [String: JSONValue] = [:]) throws -> (events: [JSONValue], answer: JSONValue) {
    var input: [String: JSONValue] = ["document": .string(file), "line": .integer(Int64(line)), "interpreter": .string(Self.python)]
    input.merge(others) { $1 }
    let outcome = try host.run("call", "code.run", "--stream", "--json", "-", input: JSONValue.object(input).serialized())
    #expect(outcome.status == 0, "\(outcome.error)")
    var lines = try outcome.output.split(separator: "\n").map { try JSONValue(parsing: String($0)) }
    let answer = lines.isEmpty ? JSONValue.null : lines.removeLast()
    return (lines, answer)
  }

  /// Whether a process ends within ten seconds; there is nothing to wait on for a process that is not ours.
  private func isGone(_ pid: Int) -> Bool {
    for _ in 0..<2_000 {
      guard let status = try? String(contentsOf: URL(filePath: "/proc/\(pid)/stat"), encoding: .utf8) else { return true }
      if status.split(separator: ")").last?.hasPrefix(" Z") == true { return true }
      usleep(5_000)
    }
    return false
  }

  private func text(_ events: [JSONValue]) -> String {
    events.compactMap { $0["content"]?["text"]?.stringValue ?? $0["content"]?["data"]?["text/plain"]?.stringValue }.joined()
  }

  @Test(arguments: ["inprocess", "process"]) func theBlockUnderTheCursorRunsAndItsResultIsKept(mode: String) async throws {
    try await onOwnThread {
      let host = try LiveHost(mode: mode)
      _ = try run(host, line: 1)
      #expect(try run(host, line: 4).answer["runs"]?[0]?["first_line"] == 4)
      _ = try run(host, line: 3)
      let loop = try run(host, line: 7)
      #expect(loop.answer["runs"]?[0]?["first_line"] == 7)
      #expect(text(try run(host, line: 6).events) == "0\n1\n2\n")
      #expect(text(try run(host, line: 8).events) == "21")
      #expect(try run(host, line: 9).answer["runs"]?[0]?["reason"] == "ZeroDivisionError: division by zero")
      let kernels = try host.json("call", "kernel.list")["kernels"]?.arrayValue ?? []
      #expect(kernels.count == 1)
      #expect(kernels.first?["documents"] == [.string(file)])
      let results = try host.until("call", "results.list", #"{"document": "\#(file)"}"#) { ($0["results"]?.arrayValue?.count ?? 0) >= 4 }
      #expect(results["results"]?.arrayValue?.allSatisfy { $0["document"] == .string(file) } == true)
      let pid = try #require(kernels.first?["pid"]?.intValue)
      #expect(host.stop().status == 0)
      #expect(isGone(pid), "a kernel that does not outlive the host did")
    }
  }

  @Test func kernelSessionAndResultsSurviveAHostThatIsKilled() async throws {
    try await onOwnThread {
      let host = try LiveHost()
      let started = try host.json(
        "call", "kernel.start", #"{"document": "\#(file)", "interpreter": "\#(Self.python)", "outlives_host": true}"#)
      let pid = try #require(started["pid"]?.intValue)
      defer { kill(pid_t(pid), SIGKILL) }
      _ = try run(host, line: 1)
      _ = try host.json("call", "watch.add", #"{"document": "\#(file)", "expression": "x * 2"}"#)
      host.killNow()
      try host.restart()
      let kernels = try host.json("call", "kernel.list")["kernels"]?.arrayValue ?? []
      #expect(kernels.compactMap { $0["pid"]?.intValue } == [pid])
      #expect(kernels.first?["id"] == started["id"])
      _ = try run(host, line: 3)
      #expect(text(try run(host, line: 8).events) == "21")
      #expect(try host.json("call", "results.list", #"{"document": "\#(file)"}"#)["results"]?.arrayValue?.isEmpty == false)
      _ = try host.until("call", "watch.list", #"{"document": "\#(file)"}"#) {
        $0["watches"]?[0]?["value"]?["text"] == "40"
      }
      _ = try host.json("call", "kernel.shutdown", #"{"document": "\#(file)"}"#)
      #expect(isGone(pid))
      host.stop()
    }
  }

  /// Nobody asks for kernels: what was left behind is looked after all the same.
  @Test func aHostThatWasKilledIsFollowedByOneThatLooksAfterItsKernels() async throws {
    try await onOwnThread {
      let host = try LiveHost()
      #expect(try state(of: host) == "ready", "without a kernel of before the plugin waits for its first command")
      let config = #"{"plugins": {"kernel": {"config": {"outliveHost": true, "cullIdle": 4, "warm": {"\#(Self.spec)": 1}}}}}"#
      try Data(config.utf8).write(to: URL(filePath: host.home + "/config.d/10-kernels.json"))
      try register(in: host.home)
      host.stop()
      try host.restart()
      let warm = try warmKernel(of: host)
      let used = try #require(try host.json("call", "kernel.start", #"{"interpreter": "\#(Self.python)"}"#)["pid"]?.intValue)
      defer { for pid in [warm, used] { kill(pid_t(pid), SIGKILL) } }
      host.killNow()
      #expect(kill(pid_t(warm), 0) == 0 && kill(pid_t(used), 0) == 0)
      try host.restart()
      #expect(isGone(warm), "a kernel that was kept ready is an orphan")
      #expect(isGone(used), "an idle kernel of before is not looked after")
      let next = try warmKernel(of: host)
      #expect(next != warm)
      host.stop()
      #expect(isGone(next))
    }
  }

  private static let spec = "jackfield-warm"

  private func register(in home: String) throws {
    let folder = home + "/jupyter-data/kernels/\(Self.spec)"
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    let spec =
      #"{"argv": ["\#(Self.python)", "-m", "ipykernel_launcher", "-f", "{connection_file}"], "display_name": "w", "language": "python"}"#
    try Data(spec.utf8).write(to: URL(filePath: folder + "/kernel.json"))
  }

  private func state(of host: LiveHost) throws -> String? {
    try host.json("plugins", "--json").arrayValue?.first { $0["id"] == "kernel" }?["state"]?.stringValue
  }

  /// The process that the journal has as kept ready; the file is looked at again and again, there is nothing to wait on.
  private func warmKernel(of host: LiveHost) throws -> Int {
    for _ in 0..<4_000 {
      if let data = try? Data(contentsOf: URL(filePath: host.home + "/state/kernel/kernels.json")),
        let kernels = try? JSONValue(parsing: String(decoding: data, as: UTF8.self))["kernels"]?.arrayValue,
        let kernel = kernels.first(where: { $0["isWarm"] == true }), let pid = kernel["record"]?["pid"]?.intValue
      {
        return pid
      }
      usleep(5_000)
    }
    throw LiveHost.NotReady(description: "the host keeps no kernel ready: \(host.process.error)")
  }

  @Test func whatCannotBeRunIsRefusedWithASentence() async throws {
    try await onOwnThread {
      let host = try LiveHost()
      defer { host.stop() }
      let unfinished = folder + "/unfinished.py"
      try Data("x = (1,\n".utf8).write(to: URL(filePath: unfinished))
      let outcome = try host.run("call", "code.run", #"{"document": "\#(unfinished)", "line": 1}"#)
      #expect(outcome.status == 1)
      #expect(outcome.error.contains("nothing was run: line 1:"))
      let missing = try host.run("call", "code.run", #"{"document": "/nowhere/x.py", "line": 1}"#)
      #expect(missing.error.contains("cannot read '/nowhere/x.py': No such file or directory"))
      let spec = try host.run("call", "kernel.start", #"{"spec": "no-such-kernel"}"#)
      #expect(spec.status == 1 && spec.error.contains("no-such-kernel"))
      let none = try host.run("call", "kernel.interrupt")
      #expect(none.error.contains("there is no kernel: begin one with kernel.start, or run a block with code.run"))
    }
  }

  /// As a kernel does whose front end was killed.
  @Test func aProxyEndsWithTheFrontEndThatBeganIt() async throws {
    try await onOwnThread {
      let host = try LiveHost()
      let connection = folder + "/front.json"
      let made = try Program.run(
        [Self.python, "-c", "import sys; from jupyter_client.connect import write_connection_file as w; w(sys.argv[1])", connection],
        in: folder)
      try #require(made.status == 0, "\(made.error)")
      let frontEnd = """
        JPY_PARENT_PID=$$ '\(LiveHost.jackfield)' --home '\(host.home)' kernel proxy --json --python '\(Self.python)' -f '\(connection)' > '\(folder)/out' 2>&1 &
        until grep -q listening '\(folder)/out'; do kill -0 $! || { cat '\(folder)/out' >&2; exit 1; }; done
        """
      let begun = try Program.run(["sh", "-c", frontEnd], in: folder)
      #expect(begun.status == 0, "\(begun.error)")
      _ = try host.until("call", "kernel.list") { $0["kernels"]?.arrayValue?.isEmpty == true }
      #expect(host.stop().status == 0)
    }
  }
}
