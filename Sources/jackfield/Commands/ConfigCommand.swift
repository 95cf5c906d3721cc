// SPDX-License-Identifier: Apache-2.0
import Host
import JSON

extension Subcommand {
  static let config = Subcommand(
    name: "config", summary: "show or check the configuration", arguments: "[show | check | path]",
    options: [.json, OptionSpec(name: "--origin", help: "with show: say where each value comes from")],
    discussion: """
      show   what the running host uses, defaults filled in, secrets masked
      check  read the files as a host would, with the plugins' own settings, and say everything that is wrong; needs no host
      path   the files and directories that are read; needs no host
      """,
    examples: ["jackfield config show --origin", "jackfield config check"],
    complete: { $0.arguments.isEmpty ? ["show", "check", "path"] : [] },
    run: { try ConfigCommand.run($0) })
}

enum ConfigCommand {
  static func run(_ invocation: Invocation) throws -> Int32 {
    let verb = try invocation.arguments(0...1).first ?? "show"
    switch verb {
    case "show": return try show(invocation)
    case "check": return try check(invocation)
    case "path": return path(invocation)
    default: throw UsageError("'config' cannot '\(verb)'; it can show, check and path", subcommand: "config")
    }
  }

  private static func show(_ invocation: Invocation) throws -> Int32 {
    let origin = invocation.has("--origin")
    let shown = try ControlClient(home: invocation.home).request("config/show", ["origin": .bool(origin)])
    guard origin, !invocation.wantsJSON, let rows = shown.arrayValue else {
      Terminal.print(Terminal.json(shown, pretty: !invocation.wantsJSON || Terminal.outputIsTerminal))
      return SystemExit.ok
    }
    Terminal.print(
      TextTable(
        titles: ["KEY", "VALUE", "FROM"],
        rows: rows.map { [StatusCommand.text($0["key"]), $0["value"]?.serialized() ?? "", StatusCommand.text($0["origin"])] }))
    return SystemExit.ok
  }

  private static func check(_ invocation: Invocation) throws -> Int32 {
    let directories = Directories(environment: Environment.all, home: invocation.home)
    do throws(ConfigurationError) {
      let configuration = try ConfigurationLoader(directories: directories, environment: Environment.all).load()
      let faults = PluginSurvey(directories: directories, environment: Environment.all).configurationFaults(configuration)
      guard faults.isEmpty else { throw ConfigurationError(problems: faults) }
    } catch {
      if invocation.wantsJSON { Terminal.print(.array(error.problems.map { .string($0.message) })) }
      throw CommandFailure(invocation.wantsJSON ? "" : "\(error)")
    }
    Terminal.print(invocation.wantsJSON ? "[]" : "the configuration is sound")
    return SystemExit.ok
  }

  private static func path(_ invocation: Invocation) -> Int32 {
    let directories = Directories(environment: Environment.all, home: invocation.home)
    let read = (try? ConfigurationLoader(directories: directories, environment: Environment.all).paths()) ?? []
    if invocation.wantsJSON {
      Terminal.print([
        "file": .string(directories.configFile), "folder": .string(directories.configFolder), "read": .array(read.map { .string($0) }),
      ])
    } else {
      Terminal.print("\(directories.configFile)\n\(directories.configFolder)/*.json")
      Terminal.print(read.isEmpty ? "none of them exists: the defaults hold" : "read now: \(read.joined(separator: ", "))")
    }
    return SystemExit.ok
  }
}
