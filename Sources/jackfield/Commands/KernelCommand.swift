// SPDX-License-Identifier: Apache-2.0
import FoundationEssentials
import Host
import JSON

extension Subcommand {
  static let kernel = Subcommand(
    name: "kernel", summary: "start, attach, share and end kernels",
    arguments:
      "[list | specs [FILE] | interpreters [FILE] | servers | start [FILE] | show | interrupt | restart | shutdown | attach [FILE] | detach | install | proxy]",
    options: [
      OptionSpec(name: "--kernel", value: "ID", help: "the kernel, by its id, its first characters, or a file that runs in it"),
      OptionSpec(name: "--spec", value: "NAME", help: "with start and proxy: the kernelspec of a new kernel"),
      OptionSpec(name: "--python", value: "PATH", help: "with start, proxy and install: an interpreter, or an environment's folder"),
      OptionSpec(name: "--install", help: "with start: install ipykernel there when it is missing"),
      OptionSpec(name: "--overlay", help: "with start: add ipykernel in an environment of Jackfield's own"),
      OptionSpec(name: "--dry-run", help: "with install: only tell the command"),
      OptionSpec(name: "-f", value: "FILE", help: "with attach and proxy: the connection file"), .json,
    ],
    passesOnBehind: "proxy",
    discussion: """
      list          the kernels; 'jackfield kernels' shows them live
      specs         what kinds of kernels there are; interpreters: where Python is; servers: Jupyter servers that are known or run here
      start         begin one, for a file or for nothing yet
      show          all that is known of one
      interrupt     stop what it runs; restart: begin it anew under its id; shutdown: end it
      attach        reach a kernel that somebody else began; detach: let it go, and it goes on
      install       put ipykernel into the environment that --python names; --dry-run only tells the command
      proxy         offer a kernel to a Jupyter front end by a connection file, until it ends; other options go to the new kernel's command
      A kernel is named by its file or its id; the only one need not be named. In a kernelspec, \
      "argv": ["jackfield", "kernel", "proxy", "--spec", "python3", "-f", "{connection_file}"] lets every Jupyter front end use the host's kernels.
      """,
    examples: [
      "jackfield kernel start train.py", "jackfield kernel restart train.py", "jackfield kernel shutdown 3f2a",
      "jackfield kernel proxy --kernel train.py -f connection.json",
    ],
    complete: { $0.arguments.isEmpty ? KernelVerb.allCases.map(\.rawValue) : [] },
    run: { try KernelCommand($0).run() })
}

/// The verbs of `jackfield kernel`.
enum KernelVerb: String, CaseIterable {
  case list, specs, interpreters, servers, start, show, interrupt, restart, shutdown, attach, detach, install, proxy

  /// What it can be given, beside what all take.
  var options: Set<String> {
    switch self {
    case .list, .specs, .interpreters, .servers: []
    case .show, .interrupt, .restart, .shutdown, .detach: ["--kernel"]
    case .start: ["--spec", "--python", "--install", "--overlay"]
    case .attach: ["-f"]
    case .install: ["--python", "--overlay", "--dry-run"]
    case .proxy: ["--kernel", "--spec", "--python", "-f"]
    }
  }
}

/// Short forms of the commands for kernels.
struct KernelCommand {
  private let invocation: Invocation
  private let verb: KernelVerb
  /// A file or an id.
  private let argument: String?

  init(_ invocation: Invocation) throws {
    let words = try invocation.arguments(0...2)
    let name = words.first ?? "list"
    guard let verb = KernelVerb(rawValue: name) else {
      throw Self.error("'kernel' cannot '\(name)'\(NearMiss.hint(for: name, in: KernelVerb.allCases.map(\.rawValue)))")
    }
    let known = Set(["--home", "--help", "--json"]).union(verb.options)
    for option in invocation.options.keys.sorted() where !known.contains(option) {
      throw Self.error("'\(option)' means nothing to 'kernel \(verb)'")
    }
    if words.count == 2, [.list, .servers, .install, .proxy].contains(verb) {
      throw Self.error("'kernel \(verb)' takes no '\(words[1])'")
    }
    self.invocation = invocation
    self.verb = verb
    argument = words.dropFirst().first
  }

  private static func error(_ text: String) -> UsageError { UsageError(text, subcommand: "kernel") }

  func run() throws -> Int32 {
    switch verb {
    case .list:
      let frame = KernelsFrame(try call("kernel.list", [:]), now: Date.now.timeIntervalSince1970)
      if invocation.wantsJSON { Terminal.print(frame.json) } else { Terminal.print(frame.lines().joined(separator: "\n")) }
    case .specs: show(try call("kernel.specs", document()), "specs", ["name", "display_name", "language", "source"])
    case .interpreters: show(try call("kernel.interpreters", document()), "interpreters", ["executable", "version", "kind", "ipykernel"])
    case .servers: show(try call("kernel.servers", [:]), "servers", ["provider", "url", "token", "version", "root_directory"])
    case .start: try start()
    case .show: Terminal.print(try call("kernel.show", try target()))
    case .interrupt:
      let answer = try call("kernel.interrupt", try target())
      say(answer, answer["was_running"] == false ? "nothing ran" : "interrupted")
    case .restart: say(try call("kernel.restart", try target(), waiting: "restarting"), "restarted")
    case .shutdown: say(try call("kernel.shutdown", try target(), waiting: "shutting down"), "shut down")
    case .attach: try attach()
    case .detach: say(try call("kernel.detach", try target(), waiting: "letting go"), "let go")
    case .install: try install()
    case .proxy: return try KernelProxy(invocation).run()
    }
    return SystemExit.ok
  }

  private func document() -> [String: JSONValue] { argument.map { ["document": .string(KernelTarget.absolute($0))] } ?? [:] }

  private func install() throws {
    var input = KernelTarget.input(invocation)
    guard input["interpreter"] != nil else {
      throw Self.error("'kernel install' wants '--python PATH': an interpreter, or an environment's folder")
    }
    if invocation.has("--dry-run") { input["dry_run"] = true }
    let answer = try call("kernel.install", input, waiting: "installing ipykernel")
    if invocation.wantsJSON { return Terminal.print(answer) }
    let version = answer["ipykernel"]?.stringValue.map { Terminal.plain($0) }
    let isThere =
      version.map { "ipykernel \($0) is there" } ?? "ipykernel is missing; this installs it: \(StatusCommand.text(answer["command"]))"
    Terminal.print("\(StatusCommand.text(answer["interpreter"])): \(isThere)")
  }

  private func start() throws {
    let input = KernelTarget.input(invocation).merging(document()) { $1 }
    say(try call("kernel.start", input, waiting: "starting a kernel"), "started")
  }

  private func attach() throws {
    var input: [String: JSONValue] = [:]
    if let file = invocation.value("-f") { input["connection_file"] = .string(Self.connectionFile(file)) }
    input.merge(document()) { $1 }
    say(try call("kernel.attach", input, waiting: "attaching"), "attached")
  }

  /// A path, or a pattern of a name in Jupyter's runtime directory, which the host looks for.
  static func connectionFile(_ text: String) -> String {
    text.contains("/") || text.hasSuffix(".json") && !text.contains("*") ? KernelTarget.absolute(text) : text
  }

  private func target() throws -> [String: JSONValue] {
    if let kernel = invocation.value("--kernel") {
      guard argument == nil else { throw Self.error("'kernel \(verb)' takes one kernel, not both '\(argument ?? "")' and '\(kernel)'") }
      return KernelName.input(kernel)
    }
    return argument.map { KernelName.input($0) } ?? [:]
  }

  private func call(_ command: String, _ input: [String: JSONValue], waiting: String = "waiting") throws -> JSONValue {
    try PatientCall.run(command, .object(input), waiting: waiting, home: invocation.home)
  }

  private func say(_ answer: JSONValue, _ what: String) {
    if invocation.wantsJSON { return Terminal.print(answer) }
    let id = answer["id"] ?? answer["kernel"]
    let name = id.map { "\(String(StatusCommand.text($0).prefix(8))) " } ?? ""
    Terminal.print("\(name)\(what)")
  }

  private func show(_ answer: JSONValue, _ member: String, _ columns: [String]) {
    let rows = answer[member]?.arrayValue ?? []
    if invocation.wantsJSON { return Terminal.print(.array(rows)) }
    let shown = columns.filter { column in rows.contains { $0[column] != nil } }
    guard !rows.isEmpty else { return Terminal.print("none was found") }
    Terminal.print(TextTable(titles: shown.map { $0.uppercased() }, rows: rows.map { row in shown.map { StatusCommand.text(row[$0]) } }))
  }
}
