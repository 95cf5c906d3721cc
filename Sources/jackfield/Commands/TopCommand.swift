// SPDX-License-Identifier: Apache-2.0
import Host
import JSON
import PluginBridge

extension Subcommand {
  static let top = Subcommand(
    name: "top", summary: "show what the plugins are doing, live",
    options: [
      OptionSpec(name: "--interval", value: "TIME", help: "how often to look (default: 1s); with --once, rates over that time"),
      OptionSpec(name: "--sort", value: "COLUMN", help: "by which column to begin with (default: cpu)"),
      OptionSpec(name: "--once", help: "print the table once, as it also is when the output is no terminal"), .json,
    ],
    discussion: """
      On a terminal the table is drawn again and again; q and Ctrl-C end. A key sorts it by a column:
      \(TopColumn.allCases.map { "\($0.rawValue) \($0.name)" }.joined(separator: ", ")).
      CPU and calls a second are what they were since the look before; "–" is what the host does not say.
      """,
    examples: ["jackfield top", "jackfield top --sort memory", "jackfield top --once --interval 5s --json"],
    complete: { $0.previous == "--sort" ? TopColumn.allCases.map(\.name) : [] },
    run: { try TopCommand($0).run() })
}

struct TopCommand {
  private let invocation: Invocation
  /// In milliseconds.
  private let interval: Int
  private var sort: TopColumn
  private var isLive: Bool { Terminal.outputIsTerminal && !invocation.has("--once") && !invocation.wantsJSON }

  /// How long the host may be silent, in milliseconds.
  private static let patience: Int32 = 10_000
  private static let second = 1_000

  init(_ invocation: Invocation) throws {
    _ = try invocation.arguments(0...0)
    self.invocation = invocation
    interval = try invocation.value("--interval").map(Duration.parse) ?? Self.second
    sort = try invocation.value("--sort").map(Self.column) ?? .cpu
  }

  private static func column(_ name: String) throws(UsageError) -> TopColumn {
    if let column = TopColumn.allCases.first(where: { $0.name == name || String($0.rawValue) == name }) { return column }
    let names = TopColumn.allCases.map(\.name)
    let hint = NearMiss.closest(to: name, in: names).map { "did you mean '\($0)'?" } ?? "write one of \(names.joined(separator: ", "))"
    throw UsageError("there is no column '\(name)'; \(hint)", subcommand: "top")
  }

  func run() throws -> Int32 {
    let client = try ControlClient(home: invocation.home, patience: Self.patience)
    Interrupt.watch()
    return isLive ? try live(client) : try once(client)
  }

  private static func sample(_ client: ControlClient) throws -> TopSample {
    let status = try client.request("host/status")
    return TopSample(status, time: MonotonicClock.now())
  }

  private func once(_ client: ControlClient) throws -> Int32 {
    var frame = TopFrame(sample: try Self.sample(client), before: nil, sort: sort)
    if invocation.has("--interval") {
      guard !Interrupt.wait(milliseconds: interval) else { return SystemExit.interrupted }
      frame = TopFrame(sample: try Self.sample(client), before: frame.sample, sort: sort)
    }
    if invocation.wantsJSON { Terminal.print(frame.json) } else { Terminal.print(frame.lines().joined(separator: "\n")) }
    return SystemExit.ok
  }

  private func live(_ client: ControlClient) throws -> Int32 {
    var frame = TopFrame(sample: try Self.sample(client), before: nil, sort: sort)
    let screen = Screen()
    defer { screen.restore() }
    var next = MonotonicClock.now()
    while true {
      let size = Screen.size
      screen.draw(frame.lines(width: size.width, height: size.height))
      let now = MonotonicClock.now()
      if now >= next { next = now + UInt64(interval) * 1_000_000 }
      switch screen.wait(milliseconds: Int32(clamping: (next - now + 999_999) / 1_000_000)) {
      case .key("q"), .key("Q"): return SystemExit.ok
      case .key(let key): frame.sort = TopColumn(rawValue: key) ?? frame.sort
      case .end: return SystemExit.interrupted
      case .nothing where MonotonicClock.now() >= next:
        frame = TopFrame(sample: try Self.sample(client), before: frame.sample, sort: frame.sort)
      case .nothing: break
      }
    }
  }
}
