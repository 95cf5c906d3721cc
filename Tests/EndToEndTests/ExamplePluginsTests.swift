// SPDX-License-Identifier: Apache-2.0
import FoundationEssentials
import Glibc
import JSON
import PluginTestKit
import Testing

/// The plugins of Examples/Plugins in a real host, all at once, each used as its README and its manifest say.
@Suite(.serialized) struct ExamplePluginsTests {
  static let modes = ["inprocess", "process"]

  private func host(_ mode: String) throws -> LiveHost {
    let home = LiveHost.temporary("jackfield-examples")
    try ExamplePlugin.drop(into: home, mode: mode)
    return try LiveHost(home: home)
  }

  private func configure(_ host: LiveHost, _ id: String, _ mode: String, _ config: JSONValue) throws {
    let text = JSONValue.object(["plugins": .object([id: ["mode": .string(mode), "config": config]])]).serialized()
    try Data(text.utf8).write(to: URL(filePath: host.home + "/config.json"))
  }

  private func number(_ value: JSONValue?) -> Int { value?.intValue ?? -1 }

  /// The counters that the host keeps of a plugin.
  private func counters(_ host: LiveHost, _ id: String) throws -> JSONValue { try host.json("plugins", "info", id)["counters"] ?? .null }

  // MARK: - As the pages say

  @Test(arguments: modes) func everyReadmeIsTrueWordForWord(mode: String) async throws {
    try await onOwnThread {
      let host = try host(mode)
      for plugin in ExamplePlugin.all {
        let shell = plugin.shell(home: host.home)
        let readme = try plugin.readme()
        #expect(readme.texts("sh").count == 2 && readme.texts("console").count == 1, "\(plugin.id)")
        try shell.succeed(readme.texts("sh")[1])
        try Session(readme.texts("console")[0]).expectAsTyped(into: shell)
      }
      #expect(host.stop().status == 0)
    }
  }

  @Test(arguments: modes) func allAreLoadedAtOnceAndNoneMisbehaves(mode: String) async throws {
    try await onOwnThread {
      let host = try host(mode)
      for plugin in ExamplePlugin.all {
        let verb = ["hello": "greet", "counter": "value", "ticker": "status"][plugin.kind] ?? ""
        let input = plugin.kind == "hello" ? #"{"name": "Grace \"H\"\u00e9"}"# : "{}"
        let answer = try host.json("call", "\(plugin.namespace).\(verb)", input)
        if plugin.kind == "hello" { #expect(answer == ["text": "Hello, Grace \"H\"é!"]) }
        let row = try host.json("plugins", "info", plugin.id)
        #expect(row["state"] == "active" && row["mode"]?.stringValue == mode, "\(plugin.id)")
        #expect(row["counters"]?["misuse"] == 0, "\(plugin.id)")
      }
      #expect(host.stop().status == 0)
    }
  }

  @Test(arguments: ExamplePlugin.all) func everyRuleOfTheContractIsKept(plugin: ExamplePlugin) async throws {
    let configuration = plugin.kind == "counter" ? #"{"step":1}"# : "{}"
    #expect(
      await Conformance.check(
        library: try plugin.library, manifest: try plugin.manifest, configuration: configuration, patience: .milliseconds(200)) == [])
  }

  @Test(arguments: ExamplePlugin.all) func libraryShowsOneSymbol(plugin: ExamplePlugin) async throws {
    let library = try plugin.library
    try await onOwnThread {
      let outcome = try Program.run(["nm", "-D", "--extern-only", "--defined-only", library], in: LiveHost.temporary("jackfield-nm"))
      #expect(outcome.output.split(separator: "\n").map { $0.split(separator: " ").last ?? "" } == ["jf_plugin_entry_1"])
    }
  }

  /// What a plugin gets that trusts nobody: each of these is a failure with a sentence, and the host runs on.
  @Test(arguments: modes) func wrongInputIsRefusedInWords(mode: String) async throws {
    try await onOwnThread {
      let host = try host(mode)
      let nested = String(repeating: "[", count: 60) + String(repeating: "]", count: 60)
      let junk = ["null", "7", "\"text\"", "[]", "[{\"name\": \"x\"}]", nested, "{\"name\": \(nested)}"]
      for plugin in ExamplePlugin.all {
        let inputs: [(verb: String, input: String)] =
          switch plugin.kind {
          case "hello": (junk + [#"{"name": 1}"#, #"{"name": null}"#, "{}"]).map { ("greet", $0) }
          case "counter":
            [#"{"by": "x"}"#, #"{"by": 99999999999999999999}"#, #"{"by": 2000000000}"#].map { ("add", $0) }
          default:
            [#"{"count": 0}"#, #"{"count": 1000001}"#, #"{"intervalMs": -1}"#, #"{"label": "\#(String(repeating: "x", count: 64))"}"#]
              .map { ("run", $0) }
          }
        for (verb, input) in inputs {
          let outcome = try host.run("call", "\(plugin.namespace).\(verb)", input)
          #expect(outcome.status == 1 && outcome.error.count > 20, "\(plugin.id) \(input): \(outcome)")
        }
      }
      #expect(host.stop().status == 0)
    }
  }

  // MARK: - The counter

  @Test(arguments: modes, ExamplePlugin.languages) func counterPublishesEachChange(mode: String, language: ExamplePlugin.Language)
    async throws
  {
    try await onOwnThread {
      let host = try host(mode)
      let name = "counter_\(language.rawValue)"
      let events = try Program([LiveHost.jackfield, "events", "\(name).changed", "--count", "1", "--home", host.home], in: host.home)
      var value = 0
      // It is not told when it listens: so until it has heard one.
      while events.output.isEmpty, value < 10_000 { value = number(try host.json("call", "\(name).add", "{}")["value"]) }
      let heard = try JSONValue(parsing: events.wait().output)
      #expect(heard["topic"]?.stringValue == "\(name).changed")
      #expect((1...value).contains(number(heard["payload"]?["value"])))
      host.stop()
    }
  }

  @Test(arguments: modes, ExamplePlugin.languages) func counterTakesANewConfiguration(mode: String, language: ExamplePlugin.Language)
    async throws
  {
    try await onOwnThread {
      let host = try host(mode)
      let (name, id) = ("counter_\(language.rawValue)", "counter-\(language.rawValue)")
      #expect(try host.json("call", "\(name).add") == ["value": 1])
      try configure(host, id, mode, ["step": 10])
      #expect(try host.run("reload").status == 0)
      _ = try host.until("call", "\(name).value") { $0["step"] == 10 }
      #expect(number(try host.json("call", "\(name).add")["value"]) % 10 == 1)
      try configure(host, id, mode, ["step": 0])
      let refused = try host.run("reload")
      #expect(refused.status == 1 && refused.error.contains("step"), "\(refused)")
      #expect(try host.json("call", "\(name).value")["step"] == 10)
      host.stop()
    }
  }

  @Test(arguments: modes, ExamplePlugin.languages) func counterKeepsItsValueOverARestart(mode: String, language: ExamplePlugin.Language)
    async throws
  {
    try await onOwnThread {
      let host = try host(mode)
      let name = "counter_\(language.rawValue)"
      #expect(try host.json("call", "\(name).add", "--by", "42") == ["value": 42])
      #expect(host.stop().status == 0)
      try host.restart()
      #expect(try host.json("call", "\(name).value")["value"] == 42)
      #expect(try host.json("call", "\(name).add", "--by", "-2") == ["value": 40])
      host.killNow()  // each change is in the file already
      try host.restart()
      #expect(try host.json("call", "\(name).value")["value"] == 40)
      host.stop()
    }
  }

  @Test(arguments: modes, ExamplePlugin.languages) func counterSaysWhenItCannotKeepItsValue(mode: String, language: ExamplePlugin.Language)
    async throws
  {
    try await onOwnThread {
      let host = try host(mode)
      let (name, id) = ("counter_\(language.rawValue)", "counter-\(language.rawValue)")
      let file = "\(host.home)/state/\(id)"
      try FileManager.default.createDirectory(atPath: file, withIntermediateDirectories: true)
      #expect(try host.json("call", "\(name).add") == ["value": 1])
      let health = try host.json("plugins", "info", id)["health"]
      #expect(health?["level"] == "warning" && health?["message"]?.stringValue?.contains("not kept") == true, "\(health ?? .null)")
      rmdir(file)
      #expect(try host.json("call", "\(name).add") == ["value": 2])
      _ = try host.until("plugins", "info", id) { $0["health"] == nil }
      host.stop()
    }
  }

  @Test(arguments: modes, ExamplePlugin.languages) func counterHearsTheNewestTick(mode: String, language: ExamplePlugin.Language)
    async throws
  {
    try await onOwnThread {
      let host = try host(mode)
      #expect(try host.run("call", "ticker_\(language.rawValue).run", #"{"count": 50, "intervalMs": 0, "label": "a\"b"}"#).status == 0)
      let answer = try host.until("call", "counter_\(language.rawValue).value") { $0["heard"]?["tick"] == 50 }
      #expect(answer["heard"]?["label"] == "a\"b")
      host.stop()
    }
  }

  // MARK: - The ticker

  @Test(arguments: modes, ExamplePlugin.languages) func tickerEndsWithCtrlC(mode: String, language: ExamplePlugin.Language) async throws {
    try await onOwnThread {
      let host = try host(mode)
      let call = try endless(host, language)
      call.send(SIGINT)
      #expect(call.wait().status == 130)
      try ends(host, language, cancelled: 1, late: 0)
    }
  }

  @Test(arguments: modes, ExamplePlugin.languages) func tickerEndsAtItsDeadline(mode: String, language: ExamplePlugin.Language) async throws
  {
    try await onOwnThread {
      let host = try host(mode)
      // A call that its process is first started for may be late before it begins.
      #expect(try host.run("call", "ticker_\(language.rawValue).status").status == 0)
      let run = try host.run("call", "ticker_\(language.rawValue).run", #"{"count": 1000000, "intervalMs": 20}"#, "--timeout", "1s")
      #expect(run.status == 1 && run.error.contains("deadline"), "\(run)")
      try ends(host, language, cancelled: 0, late: 1)
    }
  }

  @Test(arguments: modes, ExamplePlugin.languages) func tickerStopsWithTheHost(mode: String, language: ExamplePlugin.Language) async throws
  {
    try await onOwnThread {
      let host = try host(mode)
      let call = try endless(host, language)
      let sleeper = try Program(
        [LiveHost.jackfield, "call", "ticker_\(language.rawValue).run", #"{"intervalMs": 60000}"#, "--home", host.home], in: host.home)
      _ = try host.until("call", "ticker_\(language.rawValue).status") { $0["running"] == 2 }
      #expect(host.stop().status == 0)
      #expect(call.wait().status == 1)
      #expect(sleeper.wait().status == 1)
      // Nothing was left behind: the plugin's threads ended in time.
      #expect(
        !host.process.error.contains("\"level\":\"error\"") && !host.process.error.contains("\"level\":\"warning\""),
        "\(host.process.error)")
    }
  }

  /// Starts a stream that would go on for hours, and waits for its first chunk.
  private func endless(_ host: LiveHost, _ language: ExamplePlugin.Language) throws -> Program {
    let call = try Program(
      [
        LiveHost.jackfield, "call", "ticker_\(language.rawValue).run", #"{"count": 1000000, "intervalMs": 20}"#, "--stream", "--home",
        host.home,
      ], in: host.home)
    for _ in 0..<4_000 where !call.output.contains("{\"tick\":1}\n") { usleep(5_000) }
    #expect(call.output.contains("{\"tick\":1}\n"))
    return call
  }

  private func ends(_ host: LiveHost, _ language: ExamplePlugin.Language, cancelled: Int, late: Int) throws {
    let status = try host.until("call", "ticker_\(language.rawValue).status") { $0["running"] == 0 }
    #expect(number(status["cancelled"]) == cancelled && number(status["late"]) == late, "\(status)")
    #expect(try counters(host, "ticker-\(language.rawValue)")["misuse"] == 0)
    host.stop()
  }

  /// A client that grants each chunk by itself: two, then three, then opens more runs than there may be, and goes away.
  private let meter = """
    import itertools, json, socket, sys
    door = socket.socket(socket.AF_UNIX)
    door.settimeout(30)
    door.connect(sys.argv[1])
    lines = door.makefile("r")
    command = sys.argv[2]
    numbers = itertools.count(1)
    def send(method, **params):
        number = next(numbers)
        door.sendall((json.dumps({"jsonrpc": "2.0", "id": number, "method": method, "params": params}) + "\\n").encode())
        return number
    def until(wanted):
        seen = []
        for line in lines:
            seen.append(json.loads(line))
            if wanted(seen[-1]):
                return seen
        sys.exit("the host closed the line")
    def refused():
        number = send("plugin/info", id=sys.argv[3])
        return until(lambda m: m.get("id") == number)[-1]["result"].get("counters", {}).get("emitsWithoutCredit", 0)
    ticks = lambda seen: [m["params"]["chunk"]["tick"] for m in seen if m.get("method") == "call/chunk"]
    run = send("command/call", name=command + ".run", input={"count": 5, "intervalMs": 1}, stream=True, credit=0, callId="run")
    while refused() < 1:
        pass
    send("call/grant", callId="run", chunks=2)
    seen = until(lambda m: m.get("params", {}).get("chunk") == {"tick": 2})
    assert ticks(seen) == [1, 2], seen
    while refused() < 2:
        pass
    send("call/grant", callId="run", chunks=3)
    seen += until(lambda m: m.get("id") == run)
    assert ticks(seen) == [1, 2, 3, 4, 5], seen
    assert seen[-1]["result"]["result"] == {"ticks": 5}, seen
    progress = [m["params"] for m in seen if m.get("method") == "call/progress"]
    assert progress and progress[0]["note"].endswith(" of 5") and 0 < progress[0]["fraction"] <= 1, progress
    many = [send("command/call", name=command + ".run", input={"intervalMs": 60000}) for n in range(17)]
    error = until(lambda m: m.get("id") in many)[-1]["error"]
    assert error["data"]["status"] == "busy" and error["data"]["retryable"], error
    """

  @Test(arguments: modes, ExamplePlugin.languages) func tickerGoesAsFastAsItsCallerReads(mode: String, language: ExamplePlugin.Language)
    async throws
  {
    try await onOwnThread {
      let host = try host(mode)
      let (name, id) = ("ticker_\(language.rawValue)", "ticker-\(language.rawValue)")
      let client = try Program.run(["python3", "-c", meter, host.home + "/run/host.sock", name, id], in: host.home)
      #expect(client.status == 0, "\(client.error)")
      let status = try host.until("call", "\(name).status") { $0["running"] == 0 }
      #expect(status["finished"] == 1 && status["cancelled"] == 16, "\(status)")
      host.stop()
    }
  }
}
