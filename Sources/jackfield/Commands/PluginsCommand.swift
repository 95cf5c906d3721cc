// SPDX-License-Identifier: Apache-2.0
import Host
import JSON

extension Subcommand {
  static let plugins = Subcommand(
    name: "plugins", summary: "list plugins, and say why one was not loaded",
    arguments: "[list | info ID | enable ID | disable ID | reload ID | check PATH]", options: [.json],
    discussion: """
      list      every plugin on the search path: state, mode, and the reason where it does not run
      info      manifest, counters, queues and health of one
      enable    switch one on, now and after a restart; disable switches it off
      reload    stop one and load it again from its files
      check     judge a plugin's directory or file without a host, and without running its code
      """,
    examples: ["jackfield plugins", "jackfield plugins info store", "jackfield plugins check ./my-plugin"],
    complete: { words, home in
      words.isEmpty ? ["list", "info", "enable", "disable", "reload", "check"] : words.first == "check" ? [] : PluginsCommand.ids(home)
    },
    run: { try PluginsCommand.run($0) })
}

enum PluginsCommand {
  static func run(_ invocation: Invocation) throws -> Int32 {
    let words = try invocation.arguments(0...2)
    switch (words.first ?? "list", words.dropFirst().first) {
    case ("list", nil): return try list(invocation)
    case ("info", let id?): return try answer(invocation, "plugin/info", id, pretty: true)
    case ("enable", let id?): return try answer(invocation, "plugin/enable", id)
    case ("disable", let id?): return try answer(invocation, "plugin/disable", id)
    case ("reload", let id?): return try answer(invocation, "plugin/reload", id)
    case ("check", let path?): return check(path, json: invocation.wantsJSON)
    case (let verb, let id) where ["list", "info", "enable", "disable", "reload", "check"].contains(verb):
      throw UsageError(id == nil ? "'plugins \(verb)' wants one plugin" : "'plugins list' takes no plugin", subcommand: "plugins")
    case (let verb, _):
      let hint = NearMiss.closest(to: verb, in: ["list", "info", "enable", "disable", "reload", "check"]).map { "; did you mean '\($0)'?" }
      throw UsageError("'plugins' cannot '\(verb)'\(hint ?? "")", subcommand: "plugins")
    }
  }

  private static func list(_ invocation: Invocation) throws -> Int32 {
    let rows = try ControlClient(home: invocation.home).request("plugin/list")["plugins"] ?? []
    if invocation.wantsJSON { Terminal.print(rows) } else { show(rows.arrayValue ?? []) }
    return SystemExit.ok
  }

  static func show(_ rows: [JSONValue]) {
    guard !rows.isEmpty else {
      return Terminal.print("no plugins; put one below <home>/plugins, or name a directory with 'serve --plugins DIR'")
    }
    let text = StatusCommand.text
    Terminal.printTable(
      ["PLUGIN", "VERSION", "STATE", "MODE", "PATH"],
      rows.map { [text($0["id"]), text($0["version"]), text($0["state"]), text($0["mode"]), text($0["path"])] })
    for row in rows {
      if let reason = row["reason"]?.stringValue { Terminal.print("\n\(text(row["id"])): \(Terminal.plain(reason))") }
      if let health = row["health"] { Terminal.print("\n\(text(row["id"])): \(text(health["level"])): \(text(health["message"]))") }
      for path in row["shadowed"]?.arrayValue ?? [] { Terminal.print("\n\(text(row["id"])): another copy is ignored: \(text(path))") }
    }
  }

  private static func answer(_ invocation: Invocation, _ method: String, _ id: String, pretty: Bool = false) throws -> Int32 {
    let answer = try ControlClient(home: invocation.home).request(method, ["id": .string(id)])
    if invocation.wantsJSON || pretty { Terminal.print(answer) } else { show([answer]) }
    return method != "plugin/reload" || ["active", "ready"].contains(answer["state"]?.stringValue) ? SystemExit.ok : SystemExit.failed
  }

  private static func check(_ path: String, json: Bool) -> Int32 {
    let findings = PluginInspection.inspect(path)
    let faults = findings.filter { $0.severity == .fault }
    if json {
      Terminal.print(.array(findings.map { ["severity": .string($0.severity.rawValue), "message": .string($0.description)] }))
    } else {
      for finding in findings { Terminal.print("\(finding.severity.rawValue): \(Terminal.plain(finding.description))") }
      if faults.isEmpty { Terminal.print("'\(path)' may be loaded") }
    }
    return faults.isEmpty ? SystemExit.ok : SystemExit.failed
  }

  /// For completion; nothing when there is no host.
  static func ids(_ home: String?) -> [String] {
    let rows = try? ControlClient(home: home).request("plugin/list")["plugins"]?.arrayValue
    return (rows ?? [])?.compactMap { $0["id"]?.stringValue } ?? []
  }
}
