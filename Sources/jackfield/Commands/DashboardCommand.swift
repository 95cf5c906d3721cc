// SPDX-License-Identifier: Apache-2.0
import JSON

extension Subcommand {
  static let dashboard = Subcommand(
    name: "dashboard", summary: "open the page that shows everything, in your browser", arguments: "[PLACE]",
    options: [
      OptionSpec(name: "--read-only", help: "whoever opens the link can look, and change nothing"),
      OptionSpec(name: "--url", help: "print the link, open nothing"), .json,
    ],
    discussion: """
      The link signs one browser in, once, within some minutes; the browser stays signed in. PLACE is a part of the page, \
      such as runs or kernels. Without a screen here the link is printed.
      """,
    examples: ["jackfield dashboard", "jackfield dashboard runs", "jackfield dashboard --read-only --url"],
    complete: { request in request.arguments.isEmpty ? DashboardCommand.places : [] },
    run: { try DashboardCommand($0).run() })
}

struct DashboardCommand {
  /// Parts of the page that have a name.
  static let places = [
    "runs", "compare", "lineage", "samples", "health", "logs", "kernels", "results", "scripts", "panels", "host", "events", "settings",
  ]

  private let invocation: Invocation
  private let place: String

  init(_ invocation: Invocation) throws {
    let place = try invocation.arguments(0...1).first ?? ""
    self.invocation = invocation
    self.place = String(place.drop { $0 == "/" })
  }

  func run() throws -> Int32 {
    let client = try ControlClient(home: invocation.home)
    var input: JSONValue = ["read_only": .bool(invocation.has("--read-only"))]
    if !place.isEmpty { input["next"] = .string(place) }
    let link = try client.call("dashboard.url", input)
    guard let url = link["url"]?.stringValue else { throw CommandFailure("the host gave no link") }
    if invocation.wantsJSON {
      Terminal.print(link)
    } else if invocation.has("--url") {
      Terminal.print(Terminal.plain(url))
    } else if link["socket"] == nil, BrowserProgram.open(url) {
      Terminal.print("opened in your browser: \(StatusCommand.text(link["address"]))")
    } else {
      Terminal.print(Terminal.plain(url))
      Terminal.printError(Self.explanation(link, isRemote: Environment.value("SSH_CONNECTION") != nil))
    }
    return SystemExit.ok
  }

  /// What to do with a link that nothing here can open.
  static func explanation(_ link: JSONValue, isRemote: Bool) -> String {
    let minutes = link["minutes"]?.doubleValue ?? 5
    let time = minutes == 1 ? "1 minute" : "\(StatusCommand.whole(minutes)) minutes"
    var lines = ["Open it in a browser on this machine: it signs in once, within \(time)."]
    if let socket = link["socket"]?.stringValue {
      lines = ["The page is served at the Unix socket '\(socket)'; the link is for the proxy in front of it, once, within \(time)."]
    } else if isRemote, let address = link["address"]?.stringValue, let port = port(of: address) {
      lines.append("Your browser is elsewhere? There: ssh -L \(port):127.0.0.1:\(port) THIS-MACHINE, then open the link.")
    }
    return lines.joined(separator: "\n")
  }

  /// Of an address of this machine.
  private static func port(of address: String) -> Int? {
    let start = "http://127.0.0.1:"
    guard address.hasPrefix(start) else { return nil }
    return Int(address.dropFirst(start.count).prefix { $0.isNumber })
  }
}
