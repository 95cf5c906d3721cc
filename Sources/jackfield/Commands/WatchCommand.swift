// SPDX-License-Identifier: Apache-2.0
import JSON
import PluginBridge

extension Subcommand {
  static let watch = Subcommand(
    name: "watch", summary: "show what expressions are in a file's kernel, after every run", arguments: "FILE [EXPR…]",
    options: [
      OptionSpec(name: "--remove", help: "watch the expressions no longer; without any: none of the file's"),
      OptionSpec(name: "--interval", value: "TIME", help: "how often to look whether something changed (default: 500ms)"),
      OptionSpec(name: "--once", help: "print the values once, as it also is when the output is no terminal"), .json,
    ],
    discussion: """
      Adds the expressions, if any, to those that are watched for the file, and shows them all with how they went. \
      They stay watched when this ends. q and Ctrl-C end.
      """,
    examples: [
      "jackfield watch train.py 'loss.item()' epoch", "jackfield watch train.py --once", "jackfield watch train.py --remove epoch",
    ],
    run: { try WatchCommand($0).run() })
}

struct WatchCommand {
  private let invocation: Invocation
  private let document: JSONValue
  private let expressions: [String]
  /// In milliseconds.
  private let interval: Int
  private var isLive: Bool { Terminal.outputIsTerminal && !invocation.has("--once") && !invocation.wantsJSON }

  private static let halfASecond = 500

  init(_ invocation: Invocation) throws {
    let words = try invocation.arguments(1...1_000)
    guard let file = words.first, !file.isEmpty else { throw UsageError("'watch' wants the name of a file", subcommand: "watch") }
    self.invocation = invocation
    document = .string(KernelTarget.absolute(file))
    expressions = Array(words.dropFirst())
    interval = try invocation.value("--interval").map(Duration.parse) ?? Self.halfASecond
  }

  func run() throws -> Int32 {
    let client = try ControlClient(home: invocation.home)
    Interrupt.watch()
    if invocation.has("--remove") { return try remove(client) }
    let known = Set(try list(client).compactMap { $0["expression"]?.stringValue })
    for expression in expressions where !known.contains(expression) {
      _ = try client.call("watch.add", ["document": document, "expression": .string(expression)])
    }
    return isLive ? try live(client) : try once(client)
  }

  private func list(_ client: ControlClient) throws -> [JSONValue] {
    try client.call("watch.list", ["document": document])["watches"]?.arrayValue ?? []
  }

  private func once(_ client: ControlClient) throws -> Int32 {
    let watches = try client.call("watch.refresh", ["document": document])["watches"]?.arrayValue ?? []
    if invocation.wantsJSON {
      Terminal.print(.array(watches))
    } else {
      Terminal.print(try frame(watches, client, before: nil).lines(width: Terminal.width).joined(separator: "\n"))
    }
    return SystemExit.ok
  }

  private func remove(_ client: ControlClient) throws -> Int32 {
    var removed = 0
    if expressions.isEmpty {
      removed = try client.call("watch.clear", ["document": document])["removed"]?.intValue ?? 0
    } else {
      for watch in try list(client) where expressions.contains(watch["expression"]?.stringValue ?? "") {
        removed += try client.call("watch.remove", ["id": watch["id"] ?? .null])["removed"]?.intValue ?? 0
      }
    }
    Terminal.print(invocation.wantsJSON ? "{\"removed\":\(removed)}" : "\(removed) removed")
    return removed > 0 ? SystemExit.ok : SystemExit.failed
  }

  /// Asks for the history of those alone that have another value than before.
  private func frame(_ watches: [JSONValue], _ client: ControlClient, before: WatchFrame?) throws -> WatchFrame {
    var frame = WatchFrame(watches: watches)
    let times = Dictionary((before?.watches ?? []).map { ($0["id"] ?? .null, $0["value"]?["time"]) }) { first, _ in first }
    for watch in watches {
      guard let id = watch["id"]?.stringValue else { continue }
      if let known = before?.history[id], times[.string(id)] == watch["value"]?["time"] {
        frame.history[id] = known
      } else {
        let answer = try client.call("watch.history", ["id": .string(id), "limit": .integer(Int64(WatchFrame.historyWidth))])
        frame.history[id] = (answer["values"]?.arrayValue ?? []).map { $0["number"]?.doubleValue }
      }
    }
    return frame
  }

  private func live(_ client: ControlClient) throws -> Int32 {
    var frame = try frame(try list(client), client, before: nil)
    let screen = Screen()
    defer { screen.restore() }
    var next = MonotonicClock.now() + UInt64(interval) * 1_000_000
    while true {
      let size = Screen.size
      screen.draw(frame.lines(width: size.width, height: size.height, file: invocation.arguments[0]))
      let now = MonotonicClock.now()
      switch screen.wait(milliseconds: next > now ? Int32(clamping: (next - now + 999_999) / 1_000_000) : 0) {
      case .end: return SystemExit.interrupted
      case .key("q"), .key("Q"): return SystemExit.ok
      case .key("r"): frame = try self.frame(try refreshed(client), client, before: frame)
      case .key: break
      case .nothing where MonotonicClock.now() >= next:
        frame = try self.frame(try list(client), client, before: frame)
        next = MonotonicClock.now() + UInt64(interval) * 1_000_000
      case .nothing: break
      }
    }
  }

  private func refreshed(_ client: ControlClient) throws -> [JSONValue] {
    try client.call("watch.refresh", ["document": document])["watches"]?.arrayValue ?? []
  }
}
