// SPDX-License-Identifier: Apache-2.0
import Foundation
import Host
import JSON
import Testing
import PluginBridge

@Suite struct ConfigurationLoaderTests {
  private let folder: TemporaryFolder
  private let directories: Directories

  init() throws {
    folder = try TemporaryFolder()
    directories = Directories(environment: [:], home: folder.path)
  }

  private func load() throws -> Configuration { try ConfigurationLoader(directories: directories, environment: ["HOME": "/h"]).load() }

  /// The sentences of a refused configuration, with its directory written as "DIR".
  private func problems() throws -> [String] {
    let error = try #require(throws: ConfigurationError.self) { try load() }
    return error.problems.map { $0.message.replacing(folder.path, with: "DIR") }
  }

  @Test func withoutFilesTheDefaultsHold() throws {
    let configuration = try load()
    #expect(
      configuration.log.level == .info && configuration.log.file && configuration.log.maxBytes == 10_485_760 && configuration.log.keep == 5)
    #expect(configuration.control.maxConnections == 256 && configuration.control.maxLineBytes == 16_777_216)
    #expect(configuration.limits.startTimeoutMilliseconds == 10_000 && configuration.limits.stopTimeoutMilliseconds == 5_000)
    #expect(configuration.limits.maxCallsInFlight == 10_000 && configuration.pluginPath == [] && configuration.plugins == [:])
    #expect(configuration.plugin("any") == Configuration.Plugin(enabled: true, mode: nil, config: [:]))
    #expect(configuration.shown() == Configuration().shown())
  }

  @Test func laterFilesGoOverEarlierOnesMemberByMember() throws {
    try folder.write(
      "config.json",
      """
      // comments, unquoted keys and trailing commas are fine
      {
        plugins: { store: { enabled: true, config: { tables: ['a', 'b'], keep: 0x10, } } },
        pluginPath: ["~/p", "q", "/r/",],
        log: { level: 'debug' }, /* so are these */
      }
      """)
    try folder.write("config.d/20-b.json", #"{"plugins": {"store": {"mode": "process", "config": {"tables": ["c"]}}}, "log": {"keep": 1}}"#)
    try folder.write("config.d/10-a.json", #"{"log": {"keep": 9, "level": "error"}}"#)
    try folder.write("config.d/notes.txt", "not configuration")
    let configuration = try load()
    #expect(configuration.plugin("store") == .init(enabled: true, mode: .process, config: ["tables": ["c"], "keep": 16]))
    #expect(configuration.log.level == .error && configuration.log.keep == 1)
    #expect(configuration.pluginPath == ["/h/p", "\(folder.path)/q", "/r"])
  }

  @Test func everyValueKnowsWhereItComesFrom() throws {
    try folder.write("config.json", "{\n  log: { level: 'debug' },\n  plugins: { store: { config: { a: [1, 2], key: { $env: 'K' } } } }\n}")
    try folder.write("config.d/10.json", "{\n\tlog: {\n\t\tlevel: 'error' } }")
    let entries = try load().entries().map {
      "\($0.path) = \($0.value.serialized()) (\($0.origin.map { "\($0)".replacing(folder.path, with: "DIR") } ?? "default"))"
    }
    #expect(
      entries == [
        "control.maxConnections = 256 (default)", "control.maxLineBytes = 16777216 (default)", "limits.cancelGraceMs = 2000 (default)",
        "limits.drainTimeoutMs = 10000 (default)", "limits.maxCallsInFlight = 10000 (default)", "limits.startTimeoutMs = 10000 (default)",
        "limits.stopTimeoutMs = 5000 (default)", "limits.stuckTimeoutMs = 30000 (default)", "log.file = true (default)",
        "log.keep = 5 (default)", "log.level = \"error\" (DIR/config.d/10.json:3:10)", "log.maxBytes = 10485760 (default)",
        "plugins.store.config.a = [1,2] (DIR/config.json:3:36)",
        "plugins.store.config.key = \"<secret from env K>\" (DIR/config.json:3:49)", "plugins.store.enabled = true (default)",
        "plugins.store.record = false (default)",
        "trust.pin = true (default)",
      ])
  }

  @Test func allProblemsOfAllFilesAreToldAtOnce() throws {
    try folder.write(
      "config.json",
      """
      {
        "log": {"level": "loud", "file": 1, "keep": -1, "maxBytes": 1.5},
        "plugin": {},
        "plugins": {"Store": {}, "store": {"enable": true, "mode": "boxed"}},
        "pluginPath": "/x",
      }
      """)
    try folder.write("config.d/1.json", "{ limits: { startTimeoutMs: Infinity }, zzz: 1, control: null }")
    try folder.write("config.d/2.json", "{ log: ")
    try folder.write("config.d/3.json", "{ log: {}, log: {} }")
    #expect(
      try problems() == [
        "cannot read the configuration at DIR/config.d/2.json:1:8: a value is missing; correct the text",
        "the key 'log' stands twice, again at DIR/config.d/3.json:1:12; delete one",
        "'control' at DIR/config.d/1.json:1:58 is null; write an object",
        "'limits.startTimeoutMs' at DIR/config.d/1.json:1:29 is not a finite number; write a whole number",
        "'log.file' at DIR/config.json:2:36 is a number; write true or false",
        "'log.keep' at DIR/config.json:2:47 is -1; write at least 0",
        "'log.level' at DIR/config.json:2:20 is \"loud\"; write \"debug\", \"info\", \"warning\" or \"error\"",
        "'log.maxBytes' at DIR/config.json:2:63 is a number; write a whole number",
        "unknown key 'plugin' at DIR/config.json:3:3; did you mean 'plugins'?",
        "'pluginPath' at DIR/config.json:5:17 is text; write a list",
        "unknown key 'plugins.store.enable' at DIR/config.json:4:38; did you mean 'enabled'?",
        "'plugins.store.mode' at DIR/config.json:4:62 is \"boxed\"; write \"inprocess\" or \"process\"",
        "unknown key 'zzz' at DIR/config.d/1.json:1:41; known here: 'control', 'limits', 'log', 'pluginPath', 'plugins', 'trust'",
        "'plugins.Store' at DIR/config.json:4:15 is no plugin id; write lower-case letters and digits, joined by '.' or '-'",
      ])
  }

  @Test(
    arguments: [
      ("", "1:1: the file is empty; write at least '{}'"),
      ("[]", "1:1: the file holds no object; begin it with '{'"),
      ("{} {}", "1:4: something follows the end of the document; correct the text"),
      ("{\n  a: 1\n  b: 2 }", "3:3: ',' or '}' is missing; correct the text"),
      ("{ a }", "1:5: ':' is missing after the key 'a'; correct the text"),
      ("{ a: yes }", "1:6: 'yes' is neither true, false, null, nor a number; put text in quotes"),
      ("{ a: 1x }", "1:6: '1x' is neither true, false, null, nor a number; put text in quotes"),
      ("{ a: \"ä\n\" }", "1:6: a text is not closed in its line; correct the text"),
      ("{ 'ä': /* x", "1:8: a comment is not closed; correct the text"),
      ("{ a: / }", "1:6: a single '/' stands here; correct the text"),
      ("{ a: \"\\u12\" }", "1:6: a text holds a wrong escape; correct the text"),
      ("{ : 1 }", "1:3: a key is missing; correct the text"),
      ("{ a: 1", "1:7: ',' or '}' is missing; correct the text"),
      ("{ a: [1,", "1:9: ']' is missing; correct the text"),
    ] as [(String, String)])
  func syntaxIsToldWithLineAndColumn(text: String, ending: String) throws {
    try folder.write("config.json", text)
    #expect(try problems() == ["cannot read the configuration at DIR/config.json:\(ending)"])
  }

  @Test func hostileFilesAreRefused() throws {
    try folder.write("config.json", "{a:" + String(repeating: "[", count: 100_000))
    #expect(try problems() == ["cannot read the configuration at DIR/config.json:1:131: nested deeper than 128 levels; correct the text"])
    try folder.write("config.json", [0x7B, 0x22, 0xFF, 0x22, 0x3A, 0x31, 0x7D])
    #expect(try problems() == ["cannot read the configuration at DIR/config.json: the text is not UTF-8; correct the text"])
    try folder.write("config.json", String(repeating: " ", count: (1 << 20) + 1))
    #expect(
      try problems() == [
        "cannot read 'DIR/config.json': it is larger than 1048576 bytes; make it a readable file of at most 1 MiB"
      ])
  }

  @Test func aDirectoryOrADanglingLinkInPlaceOfAFileIsTold() throws {
    try folder.write("config.json/x", "")
    #expect(try problems() == ["cannot read 'DIR/config.json': it is not a regular file; make it a readable file of at most 1 MiB"])
    try FileManager.default.removeItem(atPath: folder.path + "/config.json")
    try folder.link("config.json", to: "nowhere")
    #expect(try problems() == ["cannot read 'DIR/config.json': no such file or directory; write it"])
  }

  // MARK: - Plugins

  private let schema: JSONValue = [
    "type": "object", "additionalProperties": false, "required": ["path"],
    "properties": [
      "path": ["type": "string", "minLength": 2], "keep": ["type": "integer", "default": 3, "minimum": 1],
      "token": ["type": "string"], "nested": ["type": "object", "properties": ["deep": ["type": "boolean", "default": true]]],
    ],
  ]

  @Test func aPluginsConfigurationIsCheckedAndFilledIn() throws {
    try folder.write("config.json", "{ plugins: { store: { config: { path: '/x', token: { $env: 'T' } } } } }")
    let settings = try load().settings(for: "store", schema: JSONSchema(schema))
    #expect(settings == ["path": "/x", "keep": 3, "token": ["$env": "T"], "nested": ["deep": true]])
  }

  @Test func aPluginsWrongConfigurationIsToldWithItsPlace() throws {
    try folder.write("config.json", "{ plugins: { store: { config: {\n  pth: '/x', keep: 0, token: { $env: 1 } } } } }")
    let configuration = try load()
    let error = try #require(throws: ConfigurationError.self) { try configuration.settings(for: "store", schema: JSONSchema(schema)) }
    #expect(
      error.problems.map { $0.message.replacing(folder.path, with: "DIR") } == [
        "'plugins.store.config' at DIR/config.json:1:31 lacks the key 'path'; add it",
        "'plugins.store.config.keep' at DIR/config.json:2:20 is 0; write at least 1",
        "unknown key 'plugins.store.config.pth' at DIR/config.json:2:3; did you mean 'path'?",
        "'plugins.store.config.token' at DIR/config.json:2:30 is an object; write text",
      ])
    let without = try #require(throws: ConfigurationError.self) { try configuration.settings(for: "store", schema: nil) }
    #expect(
      "\(without)".replacing(folder.path, with: "DIR")
        == "'plugins.store.config' at DIR/config.json:1:23 is given, and the plugin takes no configuration; delete it")
  }

  @Test func aRequiredValueOfAnUnconfiguredPluginIsMissed() throws {
    #expect { try load().settings(for: "store", schema: JSONSchema(schema)) } throws: {
      "\($0)" == "'plugins.store.config' lacks the key 'path'; add it"
    }
  }

  @Test func configuredPluginsThatAreNotThereAreTold() throws {
    try folder.write("config.json", "{ plugins: { stroe: {}, store: {}, xyzzy: {} } }")
    #expect(
      try load().problems(withPluginsOtherThan: ["store", "trainer"]).map { $0.message.replacing(folder.path, with: "DIR") } == [
        "the plugin 'stroe' configured at DIR/config.json:1:14 is not installed; did you mean 'store'?",
        "the plugin 'xyzzy' configured at DIR/config.json:1:36 is not installed; install it, or delete its configuration",
      ])
  }

  @Test func switchesAreWrittenAndRead() throws {
    try folder.write("config.json", "{ plugins: { store: { enabled: true, mode: 'process' } } }")
    let switches = PluginSwitches(directories: directories)
    try switches.set("store", enabled: false)
    try switches.set("org.example.x", enabled: true)
    #expect(try load().plugin("store") == .init(enabled: false, mode: .process))
    #expect(try load().plugin("org.example.x").enabled)
    try switches.set("store", enabled: true)
    #expect(try load().plugin("store").enabled)
    #expect(try FileManager.default.contentsOfDirectory(atPath: directories.configFolder) == ["90-plugins.json"])
    #expect(try FileManager.default.attributesOfItem(atPath: switches.path)[.posixPermissions] as? Int == 0o600)
  }

  @Test func aBrokenSwitchFileIsNotOverwritten() throws {
    try folder.write("config.d/90-plugins.json", "{ oops")
    #expect(throws: ConfigurationError.self) { try PluginSwitches(directories: directories).set("store", enabled: false) }
    #expect(try String(contentsOfFile: directories.configFolder + "/90-plugins.json", encoding: .utf8) == "{ oops")
  }
}
