// SPDX-License-Identifier: Apache-2.0
import Foundation
import JSON
import Testing

@testable import Host
import PluginBridge

@Suite struct ManifestTests {
  /// All that is said against a text, without the beginning that names the path.
  private func faults(_ text: String, origin: ManifestParser.Origin = .file) -> [String] {
    let parser = ManifestParser(Array(text.utf8), path: "/p/plugin.json", origin: origin)
    #expect((parser.parse() == nil) == !parser.faults.refusals.isEmpty)
    return parser.faults.refusals.map { refusal in
      #expect(refusal.message.hasPrefix("cannot load '/p/plugin.json': "))
      return String(refusal.message.dropFirst("cannot load '/p/plugin.json': ".count))
    }
  }

  private func manifest(_ members: String) throws -> Manifest {
    try Manifest(parsing: Array(PluginDirectory.manifest("store", members).utf8), path: "/p/plugin.json")
  }

  private static let whole = """
    {
      "schema": 1, "id": "run-notes.v2", "name": "Notes", "version": "0.1.0-beta.2", "license": "Apache-2.0", "summary": "Keeps notes.",
      "abi": {"major": 1, "minor": 0, "needs": ["jf.register/1"], "uses": ["jf.log/1", "jf.future/7"]},
      "library": "libNotes.so", "activation": ["onStart", "onCommand:notes.list", "onEvent:trainer.*"], "concurrent": true,
      "namespaces": ["notes"],
      "commands": [
        {"name": "notes.list", "summary": "Lists.", "input": {"type": "object"}, "output": {}, "stream": true, "idempotent": true, "deadlineMs": 5000},
        {"name": "notes.quick", "inline": true}
      ],
      "subscribes": [
        {"topic": "trainer.step", "queue": 4096, "overflow": "latest_per_key", "key": "run_id"},
        {"topic": "store.committed"}
      ],
      "publishes": ["notes.changed", "notes.by.*"],
      "config": {"schema": {"type": "object"}}, "permissions": {"exec": false},
      "requires": {"trainer": ">=0.1 <2"}, "after": ["store"]
    }
    """

  @Test func everythingIsRead() throws {
    let manifest = try Manifest(parsing: Array(Self.whole.utf8), path: "/p/plugin.json")
    #expect(manifest.id == "run-notes.v2" && manifest.name == "Notes" && manifest.version.description == "0.1.0-beta.2")
    #expect(manifest.license == "Apache-2.0" && manifest.summary == "Keeps notes." && manifest.library == "libNotes.so")
    #expect(manifest.abi == Manifest.ABI(major: 1, minor: 0, needs: ["jf.register/1"], uses: ["jf.log/1", "jf.future/7"]))
    #expect(manifest.startsWithHost(state: "/nowhere", settings: .null) && manifest.threads == 4 && manifest.namespaces == ["notes"])
    let list = manifest.commandDescriptions[0]
    #expect(list.name == "notes.list" && list.plugin == "run-notes.v2" && list.summary == "Lists." && list.deadlineMilliseconds == 5_000)
    #expect(list.stream && list.idempotent && !list.inline && list.input == ["type": "object"] && list.output == .object([:]))
    #expect(manifest.commandDescriptions[1].inline && manifest.commandDescriptions[1].input == nil)
    #expect(manifest.publishes.map(\.description) == ["notes.changed", "notes.by.*"])
    #expect(manifest.configurationSchema == ["type": "object"] && manifest.permissions == ["exec": false])
    #expect(manifest.requires.map(\.id) == ["trainer"] && manifest.after == ["store"])
    #expect(manifest.document["id"] == "run-notes.v2")
  }

  @Test func startsWithTheHostWhenThereIsAFileOrASetting() throws {
    let manifest = try manifest(
      #""config": {"schema": {"type": "object", "properties": {"warm": {}}}}, "activation": ["onFile:notes/open.json", "onSetting:warm"]"#)
    let state = FileManager.default.temporaryDirectory.appending(path: "jackfield-state-\(UUID().uuidString)").path()
    defer { try? FileManager.default.removeItem(atPath: state) }
    for quiet in [[:], ["warm": [:]], ["warm": 0], ["warm": .null], ["warm": ""], ["warm": false], ["warm": []]] as [JSONValue] {
      #expect(!manifest.startsWithHost(state: state, settings: quiet), "\(quiet)")
    }
    for loud in [["warm": ["python3": 1]], ["warm": 1], ["warm": 0.5], ["warm": "x"], ["warm": true], ["warm": [1]]] as [JSONValue] {
      #expect(manifest.startsWithHost(state: state, settings: loud), "\(loud)")
    }
    try FileManager.default.createDirectory(atPath: state + "/notes", withIntermediateDirectories: true)
    #expect(!manifest.startsWithHost(state: state, settings: [:]))
    try Data().write(to: URL(filePath: state + "/notes/open.json"))
    #expect(manifest.startsWithHost(state: state, settings: [:]))
  }

  @Test func subscriptionsForTheBlueprint() throws {
    let manifest = try Manifest(parsing: Array(Self.whole.utf8), path: "/p/plugin.json")
    let (first, second) = (manifest.blueprintSubscriptions[0], manifest.blueprintSubscriptions[1])
    #expect(first.pattern.description == "trainer.step" && first.queue == 4_096 && first.overflow == .latestPerKey)
    #expect(first.keyMember == "run_id" && first.activates)
    #expect(second.pattern.description == "store.committed" && second.queue == 1_024 && second.overflow == .block && !second.activates)
  }

  @Test func fewMembersWillDo() throws {
    let manifest = try manifest("")
    #expect(manifest.name == "store" && manifest.activation == nil && manifest.threads == 1)
    #expect(!manifest.startsWithHost(state: "/", settings: [:]))
    #expect(manifest.permissions == .object([:]) && manifest.configurationSchema == nil)
  }

  @Test func everySubscriptionActivatesWithoutAnActivation() throws {
    let manifest = try manifest(#""subscribes": [{"topic": "a"}, {"topic": "*"}]"#)
    #expect(manifest.blueprintSubscriptions.map(\.activates) == [true, true])
  }

  @Test(arguments: [
    ("onEvent:trainer.*", "trainer.*", true), ("onEvent:trainer.*", "trainer.step", true), ("onEvent:trainer.*", "trainer.run.*", true),
    ("onEvent:*", "*", true), ("onEvent:*", "trainer.*", true), ("onEvent:trainer.step", "trainer.*", false),
    ("onEvent:trainer.*", "*", false), ("onEvent:trainer.*", "store.changed", false),
  ])
  func entriesCoverSubscriptions(entry: String, topic: String, isCovered: Bool) throws {
    let text = PluginDirectory.manifest("store", "\"activation\": [\"\(entry)\"], \"subscribes\": [{\"topic\": \"\(topic)\"}]")
    #expect(faults(text).isEmpty == isCovered)
  }

  @Test(arguments: [
    ("", "it is not JSON: "), ("{", "it is not JSON: "), ("{} x", "it is not JSON: "), ("{\"id\": \"\u{7}\"}", "it is not JSON: "),
    ("[]", "it is not a JSON object; write { \"schema\": 1, \"id\": … }"),
  ])
  func otherTexts(text: String, beginning: String) throws {
    let said = faults(text)
    #expect(said.count == 1 && said[0].hasPrefix(beginning))
  }

  @Test func lineOfTextThatIsNotJSON() {
    #expect(faults("{\n  \"id\": \"store\"\n  \"name\": \"Store\"\n}") == ["it is not JSON: ',' or '}' is missing (line 3); correct it"])
  }

  @Test func everyFaultIsFound() {
    let text = """
      {
        "schema": 2,
        "id": "Store",
        "version": "1.0",
        "abi": {"major": 1, "minor": 0, "need": []},
        "library": "../libStore.so",
        "comands": []
      }
      """
    #expect(
      faults(text) == [
        "unknown key 'comands' (line 7); did you mean 'commands'?",
        "'schema' (line 2) is 2, this host reads 1; write 1, or update the host",
        "'id' (line 3) is 'Store'; write lower-case letters and digits, a letter first, with '.' or '-' between, such as 'run-notes'",
        "unknown key 'abi.need' (line 5); did you mean 'needs'?",
        "'version' (line 4) is '1.0'; write three numbers, such as '1.4.2' or '2.0.0-beta.1'",
        "'library' (line 6) is '../libStore.so'; write the name of a file beside plugin.json that ends in '.so'",
      ])
  }

  @Test func missingMembers() {
    #expect(
      faults("{}") == [
        "'schema' is missing; add it", "'id' is missing; add it", "'abi' is missing; add it", "'version' is missing; add it",
        "'library' is missing; add it",
      ])
    #expect(!faults("{}", origin: .note).contains("'library' is missing; add it"))
  }

  @Test(arguments: [
    (#""name": 7"#, "'name' (line 1) is a number; write text"),
    (#""name": """#, "'name' (line 1) must have 1 to 200 bytes and no control characters; write it so"),
    (#""concurrent": 1"#, "'concurrent' (line 1) is a number; write true or false"),
    (#""commands": {}"#, "'commands' (line 1) is an object; write an array: [ … ]"),
    (#""commands": [7]"#, "'commands[0]' (line 1) is a number; write an object: { … }"),
    (#""permissions": true"#, "'permissions' (line 1) is true or false; write an object: { … }"),
    (#""config": {"schema": []}"#, "'config.schema' (line 1) is an array; write an object: { … }"),
    (
      #""config": {"schema": {"type": "map"}}"#,
      "'config.schema.type' (line 1) must be one or more of 'null', 'boolean', 'integer', 'number', 'string', 'array', 'object'; correct the schema"
    ),
    (#""config": {"secrets": []}"#, "unknown key 'config.secrets' (line 1); remove it"),
    (#""name": "a", "name": "b""#, "'name' (line 1) stands there twice; remove one"),
    (#""permissions": {"a": [{"b": 1, "b": 2}]}"#, "'permissions.a[0].b' (line 1) stands there twice; remove one"),
    (
      #""namespaces": ["Runs"]"#,
      "'namespaces[0]' (line 1) is 'Runs'; write lower-case letters, digits and '_', a letter first, such as 'runs'"
    ),
    (#""namespaces": ["host"]"#, "'namespaces[0]' (line 1) is 'host', which belongs to the host; choose another"),
    (#""namespaces": ["a", "event.x"]"#, "'namespaces[1]' (line 1) is 'event.x', which belongs to the host; choose another"),
    (#""namespaces": ["a", "a"]"#, "'namespaces[1]' (line 1) names 'a' a second time; remove one"),
    (
      #""commands": [{"name": "runs.list"}]"#,
      "'commands[0].name' (line 1) is 'runs.list', which lies in none of this plugin's 'namespaces'; add its namespace there, or rename it"
    ),
    (
      #""namespaces": ["runs"], "commands": [{"name": "runsx.list"}]"#,
      "'commands[0].name' (line 1) is 'runsx.list', which lies in none of this plugin's 'namespaces'; add its namespace there, or rename it"
    ),
    (
      #""namespaces": ["runs"], "commands": [{"name": "runs"}]"#,
      "'commands[0].name' (line 1) is 'runs'; write namespace and verb of lower-case letters, digits and '_', such as 'runs.list'"
    ),
    (
      #""namespaces": ["runs"], "commands": [{"name": "runs.a"}, {"name": "runs.a"}]"#,
      "'commands[1].name' (line 1) names 'runs.a' a second time; remove one"
    ),
    (#""commands": [{}]"#, "'commands[0].name' is missing; add it"),
    (
      #""namespaces": ["runs"], "commands": [{"name": "runs.a", "deadlineMs": 0}]"#,
      "'commands[0].deadlineMs' (line 1) is 0; write a whole number from 1 to 86400000"
    ),
    (
      #""namespaces": ["runs"], "commands": [{"name": "runs.a", "inline": true}]"#,
      "'commands[0].inline' (line 1) needs \"concurrent\": true, because such a command runs on its callers' threads; add that, or remove 'inline'"
    ),
    (
      #""namespaces": ["runs"], "commands": [{"name": "runs.a", "deadlinems": 5}]"#,
      "unknown key 'commands[0].deadlinems' (line 1); did you mean 'deadlineMs'?"
    ),
    (#""subscribes": [{"queue": 5}]"#, "'subscribes[0].topic' is missing; add it"),
    (
      #""subscribes": [{"topic": "a.*.b"}]"#,
      "'subscribes[0].topic' (line 1) is 'a.*.b'; write a topic such as 'trainer.step', 'trainer.*' for all below 'trainer', or '*' for all"
    ),
    (#""subscribes": [{"topic": "a"}, {"topic": "a"}]"#, "'subscribes[1].topic' (line 1) names 'a' a second time; remove one"),
    (#""subscribes": [{"topic": "a", "queue": 0}]"#, "'subscribes[0].queue' (line 1) is 0; write a whole number from 1 to 1000000"),
    (
      #""subscribes": [{"topic": "a", "queue": 1000001}]"#,
      "'subscribes[0].queue' (line 1) is 1000001; write a whole number from 1 to 1000000"
    ),
    (#""subscribes": [{"topic": "a", "queue": 1.5}]"#, "'subscribes[0].queue' (line 1) is 1.5; write a whole number from 1 to 1000000"),
    (
      #""subscribes": [{"topic": "a", "overflow": "drop"}]"#,
      "'subscribes[0].overflow' (line 1) is 'drop'; write 'block', 'drop_oldest', 'drop_newest' or 'latest_per_key'"
    ),
    (
      #""subscribes": [{"topic": "a", "overflow": "latest_per_key"}]"#,
      "'subscribes[0].overflow' (line 1) is 'latest_per_key', which needs 'key', the member of the payload that tells events apart; add it"
    ),
    (
      #""subscribes": [{"topic": "a", "key": "k"}]"#,
      "'subscribes[0].key' (line 1) counts only with \"overflow\": \"latest_per_key\"; write that, or remove it"
    ),
    (
      #""publishes": ["runs.changed"]"#,
      "'publishes[0]' (line 1) is 'runs.changed', which lies in none of this plugin's 'namespaces'; add its namespace there, or rename it"
    ),
    (
      #""publishes": ["*"]"#,
      "'publishes[0]' (line 1) is '*', which lies in none of this plugin's 'namespaces'; add its namespace there, or rename it"
    ),
    (
      #""publishes": ["Runs"]"#,
      "'publishes[0]' (line 1) is 'Runs'; write a topic such as 'runs.changed', or 'runs.*' for all below 'runs'"
    ),
    (
      #""activation": ["onstart"]"#,
      "'activation[0]' (line 1) is 'onstart'; write 'onStart', 'onFile:PATH', 'onSetting:NAME', 'onCommand:NAME' or 'onEvent:PATTERN'"
    ),
    (
      #""activation": ["onFile:../other"]"#,
      "'activation[0]' (line 1) is 'onFile:../other'; write a path below the state directory, such as 'onFile:notes/open.json'"
    ),
    (
      #""activation": ["onFile:/etc/passwd"]"#,
      "'activation[0]' (line 1) is 'onFile:/etc/passwd'; write a path below the state directory, such as 'onFile:notes/open.json'"
    ),
    (
      #""config": {"schema": {"type": "object", "properties": {"warm": {}}}}, "activation": ["onSetting:wram"]"#,
      "'activation[0]' (line 1) is 'onSetting:wram', but 'config.schema' has no property 'wram'; did you mean 'warm'?"
    ),
    (
      #""namespaces": ["runs"], "commands": [{"name": "runs.list"}], "activation": ["onCommand:runs.lst"]"#,
      "'activation[0]' (line 1) is 'onCommand:runs.lst', but 'commands' has no 'runs.lst'; did you mean 'runs.list'?"
    ),
    (
      #""activation": ["onEvent:trainer.step"]"#,
      "'activation[0]' (line 1) is 'onEvent:trainer.step', but 'subscribes' has nothing that 'trainer.step' covers; add it there, or remove this entry"
    ),
    (
      #""requires": {"trainer": "1.0"}"#,
      "'requires.trainer' (line 1) is '1.0'; write a range of versions, such as '>=0.1 <2', or '*'"
    ),
    (#""requires": {"store": "*"}"#, "'requires.store' (line 1) names the plugin itself; remove it"),
    (#""after": ["store"]"#, "'after[0]' (line 1) names the plugin itself; remove it"),
    (#""after": ["Trainer"]"#, "'after[0]' (line 1) names 'Trainer', which is no plugin's id; write the 'id' of its plugin.json"),
  ])
  func oneFault(members: String, cause: String) {
    #expect(faults(PluginDirectory.manifest("store", members)) == [cause])
  }

  @Test(arguments: [
    (#"{"major": 2}"#, "built for plugin ABI 2, this host speaks 1; rebuild it against this host's PluginSDK, or update the host"),
    (#"{"major": 1, "minor": 3}"#, "needs plugin ABI 1.3, this host speaks 1.0; update the host"),
    (#"{"minor": 0}"#, "'abi.major' is missing; add it"),
    (#"{"major": 1, "needs": ["jf.store/1"]}"#, "needs the service 'jf.store/1', which this host does not have; update the host"),
    (#"{"major": 1, "needs": ["jf.logs/1"]}"#, "needs the service 'jf.logs/1', which this host does not have; did you mean 'jf.log/1'?"),
    (#"{"major": 1, "uses": ["log"]}"#, "'abi.uses[0]' (line 1) is 'log'; write a service and its revision, such as 'jf.log/1'"),
  ])
  func abi(text: String, cause: String) {
    #expect(faults(#"{"schema": 1, "id": "store", "version": "1.0.0", "library": "libStore.so", "abi": \#(text)}"#) == [cause])
  }

  @Test(arguments: [
    ("store", true), ("org.example.thumb", true), ("a-b.c1", true), ("1a", false), ("a.1", true), ("a..b", false), ("a-", false),
    ("a_b", false),
    ("é", false), ("", false),
  ])
  func ids(text: String, isID: Bool) {
    #expect(ManifestParser.isID(text) == isID)
  }

  @Test func textBeyondTheLimit() {
    #expect(faults(String(repeating: " ", count: 256 << 10) + "{}") == ["its manifest has more than 256 KiB; shorten it"])
  }
}
