// SPDX-License-Identifier: Apache-2.0
import FoundationEssentials
import JSON

extension Subcommand {
  static let run = Subcommand(
    name: "run", summary: "run a script that may ask whoever is attached", arguments: "[--] COMMAND [ARGUMENT …]",
    options: [
      OptionSpec(name: "--name", value: "NAME", help: "what the run is called (default: the script's name)"),
      OptionSpec(
        name: "--scope", value: "PATTERN", repeats: true,
        help: "commands it may run without being asked about, such as runs.*; may be given again"),
      OptionSpec(
        name: "--request-scope", value: "PATTERN", repeats: true,
        help: "the kinds of requests it may make (default: all), such as vscode/*; may be given again"),
      OptionSpec(name: "--workspace", value: "DIR", help: "the folder whose front ends are asked first (default: this one)"),
      OptionSpec(name: "--capture", help: "let the host begin it: the output is kept, and it outlives this terminal"),
      OptionSpec(name: "--json", help: "print how it ended as the last line; with --capture each piece of output as well"),
    ],
    discussion: """
      The command runs here, with this terminal, and finds the host's bridge in its environment: messages, choices, forms, chat. \
      Its exit status is this command's; 128 and the signal's number when a signal ended it, 127 when there is no such command, 126 when it \
      cannot be executed. Ctrl-C and Ctrl-Z are the command's own.
      With --capture the host begins it in a session of its own, without anything to read, and Ctrl-C stops it.
      """,
    examples: [
      "jackfield run -- python3 train.py", "jackfield run --name sweep --scope 'runs.*' -- python3 sweep.py --fast",
      "jackfield run --capture -- ./nightly.sh",
    ],
    run: { try RunCommand.run($0) })
}

/// Runs a script with the bridge.
enum RunCommand {
  static func run(_ invocation: Invocation) throws -> Int32 {
    guard !invocation.arguments.isEmpty else {
      throw UsageError("'jackfield run' wants a command: jackfield run -- COMMAND [ARGUMENT …]", subcommand: "run")
    }
    let order = try order(invocation)
    return try invocation.has("--capture") ? CapturedRun(invocation).run(order) : TerminalRun(invocation).run(order)
  }

  /// The input of `run.open`, and the beginning of that of `run.start`.
  static func order(_ invocation: Invocation) throws -> JSONValue {
    let here = FileManager.default.currentDirectoryPath
    var order: [String: JSONValue] = ["command": .array(invocation.arguments.map { .string($0) }), "cwd": .string(here)]
    order["workspace"] = .string(try workspace(invocation.value("--workspace"), here))
    order["name"] = invocation.value("--name").map { .string($0) }
    var scopes: [String: JSONValue] = [:]
    for (option, member) in [("--scope", "commands"), ("--request-scope", "requests")] where invocation.has(option) {
      scopes[member] = .array(invocation.values(option).map { .string($0) })
    }
    if !scopes.isEmpty { order["scopes"] = .object(scopes) }
    return .object(order)
  }

  private static func workspace(_ given: String?, _ here: String) throws -> String {
    guard let given else { return here }
    let path = given.hasPrefix("/") ? given : URL(filePath: here).appending(path: given).standardizedFileURL.path
    var isDirectory = false
    guard FileManager.default.fileExists(atPath: path, isDirectory: &isDirectory), isDirectory else {
      throw CommandFailure("'--workspace' must be a directory; '\(given)' is none", status: SystemExit.usage)
    }
    return path.count > 1 && path.hasSuffix("/") ? String(path.dropLast()) : path
  }
}
