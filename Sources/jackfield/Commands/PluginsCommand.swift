// SPDX-License-Identifier: Apache-2.0
import Host
import JSON

extension Subcommand {
  static let plugins = Subcommand(
    name: "plugins", summary: "list plugins, and say why one was not loaded",
    arguments: "[list | info ID | enable ID | disable ID | reload ID | allow ID | check PATH | new NAME]",
    options: [.json] + PluginsNew.options + PluginsCheck.options,
    discussion: """
      list      every plugin on the search path: state, mode, and the reason where it does not run
      info      manifest, counters, queues and health of one
      enable    switch one on, now and after a restart; disable switches it off
      reload    stop one and load it again from its files
      allow     accept the files of one as they are now, after they were changed
      check     judge one without a host: its files, then its code, in processes of its own
      new       make a project for a plugin of your own, ready to build
      """,
    examples: [
      "jackfield plugins", "jackfield plugins info store", "jackfield plugins check ./my-plugin --config '{\"port\": 0}'",
      "jackfield plugins new run-notes --lang c",
    ],
    complete: { request in
      switch (request.arguments.count, request.arguments.first) {
      case (0, _): PluginsCommand.verbs
      case (1, "info"), (1, "enable"), (1, "disable"), (1, "reload"), (1, "allow"): PluginsCommand.ids(request.home)
      default: []
      }
    },
    run: { try PluginsCommand.run($0) })
}

enum PluginsCommand {
  static let verbs = ["list", "info", "enable", "disable", "reload", "allow", "check", "new"]

  static func run(_ invocation: Invocation) throws -> Int32 {
    let words = try invocation.arguments(0...2)
    let verb = words.first ?? "list"
    guard verbs.contains(verb) else {
      throw UsageError("'plugins' cannot '\(verb)'\(NearMiss.hint(for: verb, in: verbs))", subcommand: "plugins")
    }
    if verb == "new" { return try PluginsNew.run(invocation) }
    try PluginsNew.refuseOptions(of: invocation, verb)
    guard verb != "list" else {
      guard words.count < 2 else { throw UsageError("'plugins list' takes no plugin; 'plugins info ID' shows one", subcommand: "plugins") }
      return try list(invocation)
    }
    guard words.count == 2, !words[1].isEmpty else {
      let wanted = verb == "check" ? "a plugin's directory or file" : "the id of a plugin; 'jackfield plugins' lists them"
      throw UsageError("'plugins \(verb)' wants \(wanted)", subcommand: "plugins")
    }
    return verb == "check" ? try PluginsCheck(words[1], invocation).run() : try change(invocation, verb, words[1])
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
    Terminal.print(
      TextTable(
        titles: ["PLUGIN", "VERSION", "STATE", "MODE", "PATH"],
        rows: rows.map { [text($0["id"]), text($0["version"]), text($0["state"]), text($0["mode"]), text($0["path"])] }))
    for note in rows.flatMap(notes) {
      Terminal.print("")
      Terminal.printWrapped(note)
    }
  }

  /// What is to be said about one plugin beside its row.
  private static func notes(_ row: JSONValue) -> [String] {
    let id = StatusCommand.text(row["id"])
    let state = StatusCommand.text(row["state"])
    var notes: [String] = []
    if let reason = row["reason"]?.stringValue { notes.append("\(id) (\(state)): \(reason)") }
    if let health = row["health"] {
      notes.append("\(id) (\(StatusCommand.text(health["level"]))): \(StatusCommand.text(health["message"]))")
    }
    return notes + (row["shadowed"]?.arrayValue ?? []).map { "\(id): another copy is ignored: \(StatusCommand.text($0))" }
  }

  /// Says "info", "enable", "disable", "reload" or "allow" to the host and shows the plugin as it is then.
  private static func change(_ invocation: Invocation, _ verb: String, _ id: String) throws -> Int32 {
    let answer = try ControlClient(home: invocation.home).request("plugin/\(verb)", ["id": .string(id)])
    if invocation.wantsJSON || verb == "info" { Terminal.print(answer) } else { show([answer]) }
    if !invocation.wantsJSON, verb == "info", let crash = answer["lastCrash"].flatMap({ CrashReport($0) }) {
      Terminal.print("\nlast crash: \(Terminal.plainLines(crash.text))")
    }
    return !["reload", "allow"].contains(verb) || ["active", "ready"].contains(answer["state"]?.stringValue)
      ? SystemExit.ok : SystemExit.failed
  }

  /// For completion; nothing when there is no host.
  static func ids(_ home: String?) -> [String] {
    let rows = ControlClient.ask("plugin/list", home: home)?["plugins"]?.arrayValue ?? []
    return rows.compactMap { $0["id"]?.stringValue }
  }
}
