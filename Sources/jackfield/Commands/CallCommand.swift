// SPDX-License-Identifier: Apache-2.0
import Glibc
import JSON

extension Subcommand {
  static let call = Subcommand(
    name: "call", summary: "call a command and print its answer", arguments: "NAME [JSON | - | @FILE | --flag value …]",
    options: [
      OptionSpec(name: "--timeout", value: "TIME", help: "give up after this long: 500ms, 5s, 2m"),
      OptionSpec(name: "--stream", help: "print each chunk of the answer as a line, as it comes"), .json,
    ],
    takesOtherOptions: true,
    discussion: """
      The arguments are one JSON value, "-" for standard input, "@FILE" for a file, or flags made from the command's schema:
      'jackfield call NAME --help' lists them. Ctrl-C cancels the call.
      """,
    examples: [
      "jackfield call runs.list", "jackfield call runs.show --run baseline", #"jackfield call runs.show '{"run": "baseline"}'"#,
      "jackfield call trainer.pause --timeout 10s",
    ],
    complete: { words, home in words.isEmpty ? CommandsCommand.names(home) : CallCommand.flags(of: words[0], home) },
    run: { try CallCommand.run($0) })
}

/// Calls one command of the switchboard.
enum CallCommand {
  static func run(_ invocation: Invocation) throws -> Int32 {
    guard let name = invocation.arguments.first else {
      throw UsageError("'call' wants the name of a command; 'jackfield commands' lists them", subcommand: "call")
    }
    let timeout = try invocation.value("--timeout").map(Duration.parse)
    let client = try ControlClient(home: invocation.home)
    let description = try describe(name, client)
    if invocation.has("--help") {
      Terminal.print(SchemaFlags(command: name, description: description).help())
      return SystemExit.ok
    }
    let input = try self.input(invocation, name, description)
    return try call(name, input, timeout: timeout, stream: invocation.has("--stream"), client)
  }

  private static func describe(_ name: String, _ client: ControlClient) throws -> JSONValue? {
    let listed = try client.request("command/list", ["prefix": .string(name)])["commands"]?.arrayValue ?? []
    return listed.first { $0["name"]?.stringValue == name }
  }

  /// The call's arguments, however they were given. An unknown command takes any: the host says that it is unknown.
  private static func input(_ invocation: Invocation, _ name: String, _ description: JSONValue?) throws -> JSONValue {
    let words = invocation.arguments.dropFirst()
    guard words.isEmpty || invocation.others.isEmpty else {
      throw UsageError("'call \(name)' takes either one JSON value or flags, not both", subcommand: "call")
    }
    guard words.count <= 1 else { throw UsageError("'call \(name)' takes one JSON value; quote it: '{\"key\": 1}'", subcommand: "call") }
    guard let text = words.first else {
      guard !invocation.others.isEmpty || description != nil else { return [:] }
      return try SchemaFlags(command: name, description: description).parse(invocation.others)
    }
    do {
      return try JSONValue(parsing: try JSONArgument.read(text))
    } catch let error as JSONError {
      throw UsageError("the arguments of '\(name)' are not JSON: \(error)", subcommand: "call")
    }
  }

  private static func call(_ name: String, _ input: JSONValue, timeout: Int?, stream: Bool, _ client: ControlClient) throws -> Int32 {
    Interrupt.watch()
    var parameters: JSONValue = ["name": .string(name), "input": input, "callId": "cli", "stream": .bool(stream)]
    if let timeout { parameters["timeoutMs"] = .integer(Int64(timeout)) }
    let shown = ProgressLine()
    defer { shown.end() }
    do {
      let answer = try client.request(
        "command/call", parameters, interrupted: { try $0.notify("call/cancel", ["callId": "cli"]) },
        notified: { method, parameters in
          switch method {
          case "call/chunk": shown.end(); Terminal.print((parameters["chunk"] ?? .null).serialized())
          case "call/progress": shown.show(parameters)
          default: break
          }
        })
      shown.end()
      if Interrupt.isRequested { return SystemExit.interrupted }
      Terminal.print(answer["result"] ?? .null)
      return SystemExit.ok
    } catch let failure as ControlClient.Failure {
      shown.end()
      throw CommandFailure(failure.description, status: Interrupt.isRequested ? SystemExit.interrupted : SystemExit.failed)
    }
  }

  /// For completion: the flags of a command; nothing when there is no host.
  static func flags(of name: String, _ home: String?) -> [String] {
    guard let client = try? ControlClient(home: home), let description = try? describe(name, client) else { return [] }
    return SchemaFlags(command: name, description: description).names
  }
}
