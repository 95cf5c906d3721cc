// SPDX-License-Identifier: Apache-2.0
import FoundationEssentials
import JSON
import PluginBridge

extension Subcommand {
  static let kernels = Subcommand(
    name: "kernels", summary: "show the kernels, live, and interrupt, restart or end them",
    options: [
      OptionSpec(name: "--interval", value: "TIME", help: "how often to look (default: 1s)"),
      OptionSpec(name: "--once", help: "print the table once, as it also is when the output is no terminal"), .json,
    ],
    discussion: """
      On a terminal the table is drawn again and again. \(KernelsFrame.keys). \
      CPU is what it was since the look before, as percent of one processor; IDLE is how long nothing has run.
      """,
    examples: ["jackfield kernels", "jackfield kernels --once --json"],
    run: { try KernelsCommand($0).run() })
}

struct KernelsCommand {
  private let invocation: Invocation
  /// In milliseconds.
  private let interval: Int
  private var isLive: Bool { Terminal.outputIsTerminal && !invocation.has("--once") && !invocation.wantsJSON }

  private static let second = 1_000

  init(_ invocation: Invocation) throws {
    _ = try invocation.arguments(0...0)
    self.invocation = invocation
    interval = try invocation.value("--interval").map(Duration.parse) ?? Self.second
  }

  func run() throws -> Int32 {
    let client = try ControlClient(home: invocation.home)
    Interrupt.watch()
    if isLive { return try live(client) }
    let frame = try look(client, nil)
    if invocation.wantsJSON { Terminal.print(frame.json) } else { Terminal.print(frame.lines().joined(separator: "\n")) }
    return SystemExit.ok
  }

  private func look(_ client: ControlClient, _ before: KernelsFrame?) throws -> KernelsFrame {
    KernelsFrame(try client.call("kernel.list"), before: before, now: Date.now.timeIntervalSince1970)
  }

  private func live(_ client: ControlClient) throws -> Int32 {
    var frame = try look(client, nil)
    let screen = Screen()
    defer { screen.restore() }
    var keys = KernelsKey()
    var pending: KernelsKey.Meaning?
    var next = MonotonicClock.now() + UInt64(interval) * 1_000_000
    while true {
      let size = Screen.size
      screen.draw(frame.lines(width: size.width, height: size.height))
      let now = MonotonicClock.now()
      switch screen.wait(milliseconds: next > now ? Int32(clamping: (next - now + 999_999) / 1_000_000) : 0) {
      case .end: return SystemExit.interrupted
      case .key(let key):
        let meaning = keys.take(key)
        if meaning == .end { return SystemExit.ok }
        obey(meaning, &pending, &frame) { frame in screen.draw(frame.lines(width: size.width, height: size.height)) }
      case .nothing: break
      }
      guard MonotonicClock.now() >= next else { continue }
      frame = try look(client, frame)
      next = MonotonicClock.now() + UInt64(interval) * 1_000_000
    }
  }

  private func obey(
    _ meaning: KernelsKey.Meaning, _ pending: inout KernelsKey.Meaning?, _ frame: inout KernelsFrame, draw: (KernelsFrame) -> Void
  ) {
    let confirmed = meaning == .yes ? pending : nil
    pending = nil
    if meaning != .nothing { frame.note = "" }
    guard let kernel = frame.selected else { return }
    switch meaning {
    case .up: frame.move(-1)
    case .down: frame.move(1)
    case .interrupt: carryOut("kernel.interrupt", "interrupting", kernel, &frame, draw)
    case .restart, .shutdown:
      pending = meaning
      let what = meaning == .restart ? "restart" : "shut down"
      frame.note = "\(what) \(kernel.prefix(8))? What was computed in it is lost. y: yes; any other key: no"
    case .yes where confirmed == .restart: carryOut("kernel.restart", "restarting", kernel, &frame, draw)
    case .yes where confirmed == .shutdown: carryOut("kernel.shutdown", "shutting down", kernel, &frame, draw)
    case .yes, .end, .nothing: break
    }
  }

  private func carryOut(_ command: String, _ doing: String, _ kernel: String, _ frame: inout KernelsFrame, _ draw: (KernelsFrame) -> Void) {
    frame.note = "\(doing) \(kernel.prefix(8)) …"
    draw(frame)
    do {
      _ = try ControlClient(home: invocation.home).call(command, ["kernel": .string(kernel)])
      frame.note = ""
    } catch {
      frame.note = Terminal.plain("\(error)")
    }
  }
}
