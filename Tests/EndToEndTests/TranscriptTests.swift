// SPDX-License-Identifier: Apache-2.0
// One library, two places: what passes between host and plugin is the same in both, but for ids and times.
import FoundationEssentials
import JSON
import Testing

@Suite(.serialized) struct TranscriptTests {
  /// Does everything a plugin offers, and wrong things too, and gives what passed.
  private func transcript(_ id: String, _ mode: String, drop: (String) throws -> Void, commands: [(String, String)]) throws -> Transcript {
    let home = LiveHost.temporary("jackfield-transcript")
    let port = LiveHost.freePort()
    try drop(home + "/plugins")
    let own = id == "trainer" ? #", "environment": {"ONTHEFLY_DASHBOARD_PORT": "\#(port)"}"# : ""
    let text = #"{"plugins": {"\#(id)": {"mode": "\#(mode)", "record": true\#(own)}}}"#
    try Data(text.utf8).write(to: URL(filePath: home + "/config.json"))
    let host = try LiveHost(home: home, port: port, plugins: [])
    #expect(try host.json("plugins", "info", id)["mode"]?.stringValue == mode)
    for (command, input) in commands {
      // These two are answered by their deadline alone.
      let hangs = ["probe.never", "probe.waiter"].contains(command)
      _ = try host.run("call", command, input, "--timeout", hangs ? "300ms" : "10s")
    }
    #expect(host.stop().status == 0)
    return try Transcript(home + "/state/records/\(id).\(mode).jsonl", hiding: [home, "\(port)"])
  }

  private func expectEqual(_ id: String, commands: [(String, String)], drop: (String) throws -> Void) throws {
    let inside = try transcript(id, "inprocess", drop: drop, commands: commands)
    let outside = try transcript(id, "process", drop: drop, commands: commands)
    #expect(inside.life.count >= 6, "\(id) was not recorded")
    #expect(inside.difference(from: outside, calls: commands.count) == nil, "\(id)")
  }

  /// Each command with nothing, and with what no command takes.
  private func everything(_ manifest: String) throws -> [(String, String)] {
    let commands = try JSONValue(parsing: String(contentsOf: URL(filePath: manifest), encoding: .utf8))["commands"]?.arrayValue ?? []
    return commands.compactMap { $0["name"]?.stringValue }.flatMap {
      [($0, "{}"), ($0, "null"), ($0, "[1,2]"), ($0, #"{"run":"ä","n":-1}"#)]
    }
  }

  @Test(arguments: [("store", "Store"), ("trainer", "Trainer")])
  func shippedPluginIsTheSameInBothPlaces(id: String, product: String) async throws {
    try await onOwnThread {
      let commands = try everything("\(LiveHost.packageDirectory)/Plugins/\(product)/plugin.json")
      try expectEqual(id, commands: commands) { directory in
        try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: true)
        try FileManager.default.copyItem(atPath: "\(LiveHost.shipped)/\(id)", toPath: "\(directory)/\(id)")
      }
    }
  }

  private static let tickerCalls = [
    ("run", #"{"count":3,"intervalMs":1}"#), ("run", "null"), ("run", #"{"count":0}"#), ("status", "{}"),
  ]

  @Test(arguments: ExamplePlugin.all)
  func exampleIsTheSameInBothPlaces(plugin: ExamplePlugin) async throws {
    try await onOwnThread {
      let commands = plugin.kind == "ticker" ? Self.tickerCalls.map { ("\(plugin.namespace).\($0)", $1) } : try everything(plugin.manifest)
      let files = String(try plugin.manifest.dropLast("/plugin.json".count))
      try expectEqual(plugin.id, commands: commands) { directory in
        try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: true)
        try FileManager.default.copyItem(atPath: files, toPath: "\(directory)/\(plugin.id)")
      }
    }
  }

  @Test(arguments: ["zlib", "libm"])
  func cLibraryIsTheSameInBothPlaces(id: String) async throws {
    try await onOwnThread {
      let files = "\(LiveHost.packageDirectory)/Examples/CLibraries/\(id)"
      let good = ["zlib": ("zlib.crc32", #"{"buf": "MTIzNDU2Nzg5"}"#), "libm": ("libm.pow", #"{"x": 2, "y": 10}"#)]
      let commands = try everything(files + "/plugin.json").filter { $0.1 != "[1,2]" } + [try #require(good[id])]
      try expectEqual(id, commands: commands) { directory in
        try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: true)
        try FileManager.default.copyItem(atPath: files, toPath: "\(directory)/\(id)")
      }
    }
  }

  @Test func pluginInCIsTheSameInBothPlaces() async throws {
    try await onOwnThread {
      let verbs = [
        "echo", "twice", "silent", "refuse", "fail", "badtext", "nodata", "huge", "stream", "config", "events", "slow", "publish", "never",
        "waiter",
      ]
      let commands = verbs.flatMap { [("probe.\($0)", "{}"), ("probe.\($0)", #""text""#)] }
      try expectEqual("probe", commands: commands) { try DroppedPlugin.probe("probe", in: $0) }
    }
  }
}
