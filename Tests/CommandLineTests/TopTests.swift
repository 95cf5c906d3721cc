// SPDX-License-Identifier: Apache-2.0
import JSON
import Testing

@testable import jackfield

@Suite struct TopTests {
  /// A host that says everything, and a plugin in the host's own process, of which less is known.
  static func status(calls: Int64, cpuSeconds: Double, pid: Int64 = 4_712, uptime: Double = 3_725) -> JSONValue {
    [
      "version": "0.1.0", "pid": 4711, "state": "ready", "uptimeSeconds": .number(uptime), "residentBytes": 34_123_456, "openCalls": 2,
      "plugins": [
        [
          "id": "store", "state": "active", "mode": "inprocess", "calls": 7, "p50Microseconds": 12.5, "p99Microseconds": 99.4,
          "eventsQueued": 3,
        ],
        [
          "id": "org.example.thumb", "state": "active", "mode": "process", "pid": .integer(pid), "cpuSeconds": .number(cpuSeconds),
          "residentBytes": 12_000_000, "calls": .integer(calls), "p50Microseconds": 250, "p99Microseconds": 1_500_000, "eventsQueued": 1,
          "backlog": 4, "eventsDropped": 5, "crashes": 1, "openCalls": 2,
        ],
        ["id": "bad\u{1B}[31m", "state": "refused", "mode": "process", "calls": 0, "p50Microseconds": 0],
      ],
    ]
  }

  private static let first = TopSample(status(calls: 100, cpuSeconds: 1.5), time: 1_000_000_000)

  private func frame(
    _ status: JSONValue = status(calls: 150, cpuSeconds: 2.25), sort: TopColumn = .cpu, before: TopSample? = first
  ) -> TopFrame {
    TopFrame(sample: TopSample(status, time: 3_000_000_000), before: before, sort: sort)
  }

  @Test func frameShowsWhatIsKnownAndWhatChanged() {
    #expect(
      frame().lines() == [
        "jackfield 0.1.0, process 4711, ready, up 1 h 2 min, 34.1 MB, 2 open calls, 25.0 calls/s",
        "",
        "PLUGIN             STATE    MODE        PID  ↓CPU %  MEM MB  CALLS  CALLS/S  P50 ms    P99 ms  QUEUE  DROPS  CRASHES  OPEN",
        "org.example.thumb  active   process    4712    37.5    12.0    150     25.0   0.250  1500.000      5      5        1     2",
        "bad?[31m           refused  process       –       –       –      0      0.0       –         –      –      –        –     –",
        "store              active   inprocess     –       –       –      7      0.0   0.013     0.099      3      –        –     –",
      ])
  }

  @Test func withoutAnEarlierSampleThereAreNoRates() {
    let lines = frame(before: nil).lines()
    #expect(lines[0].hasSuffix(", – calls/s"))
    #expect(frame(before: nil).json["host"]?["callsPerSecond"] == .null)
  }

  @Test func anotherProcessCountsFromTheBeginning() {
    let rows = frame(Self.status(calls: 150, cpuSeconds: 2.25, pid: 4_800)).rows
    #expect(rows.first { $0.plugin.id == "org.example.thumb" }?.cpu == nil)
  }

  @Test func counterThatWentBackGivesNoRate() {
    let row = frame(Self.status(calls: 3, cpuSeconds: 0.1)).rows.first { $0.plugin.id == "org.example.thumb" }
    #expect(row?.cpu == nil && row?.callsPerSecond == nil)
  }

  @Test(arguments: [
    (TopColumn.plugin, ["bad?[31m", "org.example.thumb", "store"]), (.memory, ["org.example.thumb", "bad?[31m", "store"]),
    (.calls, ["org.example.thumb", "store", "bad?[31m"]), (.p50, ["org.example.thumb", "store", "bad?[31m"]),
    (.state, ["org.example.thumb", "store", "bad?[31m"]), (.queue, ["org.example.thumb", "store", "bad?[31m"]),
    (.crashes, ["org.example.thumb", "bad?[31m", "store"]),
  ])
  func rowsAreSorted(column: TopColumn, ids: [String]) {
    #expect(frame(sort: column).rows.map(\.plugin.id) == ids)
  }

  @Test func keysAndNamesOfColumnsAreDifferent() {
    #expect(Set(TopColumn.allCases.map(\.rawValue)).count == TopColumn.allCases.count)
    #expect(Set(TopColumn.allCases.map(\.name)).count == TopColumn.allCases.count)
    #expect(!TopColumn.allCases.contains { $0.rawValue == "q" })
  }

  @Test func screenTakesWhatFits() {
    let lines = frame().lines(width: 20, height: 5)
    #expect(
      lines == [
        "jackfield 0.1.0, pro", "sort: c cpu, m memor", "PLUGIN             S", "org.example.thumb  a", "… and 2 more",
      ])
    #expect(frame().lines(width: 200, height: 50).count == 6)
  }

  @Test(arguments: [0, 1, 2, 3]) func tinyScreenIsSurvived(height: Int) {
    #expect(frame().lines(width: 1, height: height).count <= max(height, 6))
  }

  @Test func oddStatusIsSurvived() {
    for status: JSONValue in [.null, [], [:], ["plugins": 7], ["plugins": [7, .null, ["id": 7, "calls": -1, "cpuSeconds": 1e300]]]] {
      let frame = TopFrame(sample: TopSample(status, time: 0), before: TopSample(status, time: 5))
      #expect(frame.lines().count >= 3)
    }
  }

  @Test func jsonHasTheRatesBesideWhatTheHostSaid() {
    let plugin = frame().json["plugins"]?[0]
    #expect(plugin?["id"] == "org.example.thumb" && plugin?["cpuPercent"] == 37.5 && plugin?["callsPerSecond"] == 25.0)
    #expect(plugin?["backlog"] == 4)
    #expect(frame().json["host"]?["pid"] == 4711)
  }

  // MARK: The command

  @Test func outsideATerminalItIsPrintedOnce() throws {
    let host = try FakeHost { [FakeHost.result($0, Self.status(calls: 1, cpuSeconds: 1))] }
    let outcome = try Tool.jackfield("top", home: host.home)
    #expect(outcome.status == 0 && outcome.error == "")
    #expect(outcome.output.split(separator: "\n").count == 5 && !outcome.output.contains("\u{1B}"))
    #expect(host.requests.count == 1)
  }

  @Test func intervalGivesRatesToScripts() throws {
    let host = try FakeHost { [FakeHost.result($0, Self.status(calls: 1, cpuSeconds: 1))] }
    let outcome = try Tool.jackfield("top", "--json", "--interval", "10ms", home: host.home)
    #expect(try JSONValue(parsing: outcome.output)["host"]?["callsPerSecond"] == 0.0)
    #expect(host.requests.count == 2)
  }

  @Test func unknownColumnIsUsageWithAHint() throws {
    let outcome = try Tool.jackfield("top", "--sort", "memry", home: "/nowhere")
    #expect(outcome.status == 2 && outcome.error.contains("there is no column 'memry'; did you mean 'memory'?"))
  }

  // MARK: In a terminal

  @Test(arguments: [("q", "ended 0"), ("ctrl-c", "ended 130"), ("gone", "ended 1"), ("resize", "ended 0")])
  func terminalComesBackAsItWas(action: String, end: String) throws {
    let answered = Answered()
    let host = try FakeHost { request in
      // The host goes away at the second look.
      action == "gone" && answered.next() > 1 ? [nil] : [FakeHost.result(request, Self.status(calls: 1, cpuSeconds: 1))]
    }
    let outcome = try Tool.run(["python3", "-c", Self.terminal, Tool.jackfield, host.home, action])
    #expect(outcome.status == 0, "\(outcome.error)")
    #expect(outcome.output.contains(end) && outcome.output.contains("settings are the same"), "\(outcome.output)")
  }

  /// Runs it in a real terminal of 100 columns, does the action when a table is there, and looks at the terminal after the end.
  private static let terminal = #"""
    import fcntl, os, pty, re, struct, sys, termios, time
    program, home, action = sys.argv[1:]
    pid, terminal = pty.fork()
    if pid == 0:
        os.execv("/bin/sh", ["sh", "-c", 'trap : INT; read go; "$0" top --home "$1" --interval 50ms; echo "ended $?"; read line', program, home])
    def size(columns, rows):
        fcntl.ioctl(terminal, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))
    seen = b""
    def until(pattern):
        global seen
        limit = time.time() + 60
        while not re.search(pattern, seen, re.S):
            if time.time() > limit:
                sys.exit(f"never came: {pattern!r} in {seen[-2000:]!r}")
            try:
                seen += os.read(terminal, 65536)
            except OSError as error:
                sys.exit(f"{error} while waiting for {pattern!r} in {seen[-2000:]!r}")
    size(100, 24)
    before = termios.tcgetattr(terminal)
    os.write(terminal, b"go\n")
    until(rb"\x1b\[\?1049h.*PLUGIN.*thumb")
    raw = termios.tcgetattr(terminal)
    assert raw[3] & (termios.ICANON | termios.ECHO) == 0, "keys still wait for a line"
    if action == "resize":
        seen = b""
        size(30, 4)
        until("… and 3 more".encode())
        frame = seen[seen.rindex(b"\x1b[H"):].decode()
        lines = re.sub(r"\x1b\[[0-9?]*[A-Za-z]", "", frame).split("\r\n")
        assert len(lines) == 4 and all(len(line.rstrip("\r")) <= 30 for line in lines), lines
    if action in ("q", "resize"):
        os.write(terminal, b"q")
    if action == "ctrl-c":
        os.write(terminal, b"\x03")
    until(rb"\x1b\[\?1049l.*ended \d+")
    assert b"\x1b[?25h" in seen
    after = termios.tcgetattr(terminal)
    print(re.search(rb"ended \d+", seen).group().decode())
    print("settings are the same" if before == after else f"settings differ: {before} {after}")
    os.write(terminal, b"\n")
    os.waitpid(pid, 0)
    """#
}
