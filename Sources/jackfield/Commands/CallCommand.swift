// SPDX-License-Identifier: Apache-2.0
import Host
import JSON

extension Subcommand {
  static let call = Subcommand(
    name: "call", summary: "call a command and print its answer", arguments: "NAME [JSON | - | @FILE | --flag value …]",
    options: [
      OptionSpec(name: "--timeout", value: "TIME", help: "give up after this long: 500ms, 5s, 2m"),
      OptionSpec(name: "--stream", help: "print each chunk of the answer as a line, as it comes"),
      OptionSpec(name: "--json", help: "print the answer as one line, also on a terminal"),
    ],
    takesOtherOptions: true,
    discussion: """
      The arguments are one JSON value, "-" for standard input, "@FILE" for a file, or flags made from the command's schema: \
      'jackfield call NAME --help' lists them. Behind "--" all flags are the command's, also those that 'call' has itself. \
      Ctrl-C cancels the call.
      """,
    examples: [
      "jackfield call runs.list", "jackfield call runs.show --run baseline", #"jackfield call runs.show '{"run": "baseline"}'"#,
      "jackfield call trainer.pause --timeout 10s",
    ],
    complete: { request in
      request.arguments.first.map { CallCommand.flags(of: $0, request) } ?? CommandsCommand.names(request.home)
    },
    run: { try CallCommand.run($0) })
}

/// Calls one command of the switchboard.
enum CallCommand {
  static func run(_ invocation: Invocation) throws -> Int32 {
    guard let name = invocation.arguments.first, !name.isEmpty else {
      let order = invocation.others.isEmpty ? "" : ", before its flags"
      throw UsageError("'call' wants the name of a command\(order); 'jackfield commands' lists them", subcommand: "call")
    }
    if invocation.has("--help") { return try help(name, invocation.home) }
    let timeout = try invocation.value("--timeout").map(Duration.parse)
    let client = try ControlClient(home: invocation.home)
    let input = try input(invocation, name) { try describe(name, client) }
    var parameters: JSONValue = ["name": .string(name), "input": input, "callId": "cli", "stream": .bool(invocation.has("--stream"))]
    if let timeout { parameters["timeoutMs"] = .integer(Int64(timeout)) }
    let answer = try call(parameters, client)
    if invocation.wantsJSON { Terminal.printLine(answer) } else { Terminal.print(answer) }
    return Interrupt.isRequested ? SystemExit.interrupted : SystemExit.ok
  }

  /// - Returns: nil when the host does not know the command.
  private static func describe(_ name: String, _ client: ControlClient) throws -> JSONValue? {
    let listed = try client.request("command/list", ["prefix": .string(name)])["commands"]?.arrayValue ?? []
    return listed.first { $0["name"]?.stringValue == name }
  }

  private static func help(_ name: String, _ home: String?) throws -> Int32 {
    let client: ControlClient
    do throws(CommandFailure) { client = try ControlClient(home: home) } catch {
      Terminal.print(HelpText.of(.call))
      throw CommandFailure("the flags of '\(name)' are not shown: \(error)", status: error.status)
    }
    guard let description = try describe(name, client) else {
      let known = (try client.request("command/list")["commands"]?.arrayValue ?? []).compactMap { $0["name"]?.stringValue }
      let hint = NearMiss.hint(for: name, in: known)
      throw CommandFailure("there is no command '\(name)'\(hint.isEmpty ? "; 'jackfield commands' lists what there is" : hint)")
    }
    Terminal.print(SchemaFlags(command: name, description: description).help())
    return SystemExit.ok
  }

  /// The call's arguments, however they were given. An unknown command takes any: the host says that it is unknown.
  static func input(_ invocation: Invocation, _ name: String, description: () throws -> JSONValue?) throws -> JSONValue {
    var values = invocation.arguments.dropFirst()
    var flags = invocation.others
    if let first = values.first, first.hasPrefix("--") {
      flags += values
      values = []
    }
    guard values.isEmpty || flags.isEmpty else {
      throw UsageError("'call \(name)' takes either one JSON value or flags, not both", subcommand: "call")
    }
    guard values.count <= 1 else { throw UsageError("'call \(name)' takes one JSON value; quote it: '{\"key\": 1}'", subcommand: "call") }
    guard let text = values.first else {
      guard let description = try description() else { return [:] }
      return try SchemaFlags(command: name, description: description).parse(flags)
    }
    let bytes = try JSONArgument.read(text)
    do throws(JSONError) { return try JSONValue(parsing: bytes) } catch {
      throw UsageError("the arguments of '\(name)' are not JSON: \(error); write '{\"key\": 1}', @FILE, or flags", subcommand: "call")
    }
  }

  private static func call(_ parameters: JSONValue, _ client: ControlClient) throws -> JSONValue {
    Interrupt.watch()
    let progress = ProgressLine()
    defer { progress.end() }
    do {
      let answer = try client.request(
        "command/call", parameters, interrupted: { try $0.notify("call/cancel", ["callId": "cli"]) },
        notified: { method, parameters in
          switch method {
          case "call/chunk":
            progress.end()
            Terminal.printLine(parameters["chunk"] ?? .null)
          case "call/progress": progress.show(parameters)
          default: break
          }
        })
      return answer["result"] ?? .null
    } catch let failure as ControlClient.Failure {
      throw CommandFailure(failure.description, status: Interrupt.isRequested ? SystemExit.interrupted : SystemExit.failed)
    }
  }

  /// For completion; nothing when there is no host.
  static func flags(of name: String, _ request: Completion.Request) -> [String] {
    let listed = ControlClient.ask("command/list", ["prefix": .string(name)], home: request.home)?["commands"]?.arrayValue ?? []
    guard let description = listed.first(where: { $0["name"]?.stringValue == name }) else { return [] }
    return SchemaFlags(command: name, description: description).candidates(previous: request.previous, typed: request.typed)
  }
}
