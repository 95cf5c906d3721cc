// SPDX-License-Identifier: Apache-2.0
import JSON
import Testing

@testable import Host
import PluginBridge

@Suite struct HostCommandsTests {
  private let folder: TemporaryFolder
  private let daemon: HostDaemon

  init() throws {
    folder = try TemporaryFolder()
    var options = HostDaemon.Options(console: MemoryLog())
    options.home = folder.path
    options.environment = ["SECRET_TOKEN": "swordfish"]
    daemon = try HostDaemon(options)
  }

  private func ask(_ command: String) throws -> JSONValue {
    let box = AnswerBox()
    daemon.switchboard.call(CallRequest(command: command, payload: Array("{}".utf8), deadline: 0, credit: 0), receiver: box)
    return try #require(box.answer()?.json)
  }

  @Test func statusIsAnsweredOnTheSwitchboard() throws {
    let status = try ask("host.status")
    #expect(status["state"] == "starting")
    #expect(status["version"]?.stringValue == HostVersion.current)
    #expect(status["plugins"] == [])
    #expect(status["openCalls"] == 0)  // the question itself does not count
  }

  @Test func pluginsAreAnsweredOnTheSwitchboard() throws {
    #expect(try ask("host.plugins") == ["plugins": []])
  }

  @Test func nothingOfTheEnvironmentIsTold() throws {
    for command in ["host.status", "host.plugins"] { #expect(!(try ask(command).serialized().contains("swordfish"))) }
  }

  @Test func theyAreListedWithTheirSchemas() {
    let listed = daemon.switchboard.commands(prefix: "host.")
    #expect(listed.map(\.name) == ["host.plugins", "host.status"])
    #expect(listed.allSatisfy { $0.plugin == "host" && $0.idempotent && !$0.summary.isEmpty && $0.input?["additionalProperties"] == false })
  }

  @Test func noPluginMayTakeTheNamespace() {
    #expect(ManifestParser.reservedNamespaces.contains("host"))
  }

  @Test func theHostIsFreedWithItsCommandsOnTheSwitchboard() throws {
    weak var host: HostDaemon?
    let board: Switchboard
    do {
      let folder = try TemporaryFolder()
      var options = HostDaemon.Options(console: MemoryLog())
      options.home = folder.path
      let made = try HostDaemon(options)
      (host, board) = (made, made.switchboard)
    }
    #expect(host == nil)
    #expect(board.command("host.status") != nil)
  }
}
