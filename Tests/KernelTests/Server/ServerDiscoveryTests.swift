// SPDX-License-Identifier: Apache-2.0

import Foundation
import JSON
import PluginSDK
import Testing
import WebSockets

@testable import Kernel

/// Servers of this machine, found by the file that a real one writes.
@Suite(.serialized, .timeLimit(.minutes(3))) struct ServerDiscoveryTests {
  private let server: TestServer
  private let work = BlockingWork()
  private let client = ServerClient()

  init() throws { server = try TestServer(own: true) }

  private var discovery: ServerDiscovery {
    ServerDiscovery(surroundings: Surroundings(environment: ["JUPYTER_RUNTIME_DIR": server.runtimeDirectory]), work: work)
  }

  private var file: String {
    get throws {
      let names = LocalFiles.names(in: server.runtimeDirectory)
      let name = try #require(names.first { $0.hasPrefix("jpserver-") && $0.hasSuffix(".json") && !$0.contains("open") })
      return "\(server.runtimeDirectory)/\(name)"
    }
  }

  private func finish() {
    client.stop()
    work.stop()
  }

  @Test func aServerIsFoundByItsFile() async throws {
    let found = await discovery.running()
    #expect(found.count == 1)
    #expect(found.first?.token == TestServer.token && found.first?.rootDirectory == server.runtimeDirectory)
    #expect(found.first?.answers(at: try WebAddress(server.settings.url)) == true)
    finish()
  }

  @Test func aServerWithoutATokenInTheSettingsIsAskedWithItsOwn() async throws {
    let settings = ServerSettings(url: server.settings.url)
    let provider = try ServerProvider(settings, client: client, discovery: discovery)
    #expect(try await provider.specs().contains { $0.name == "python3" })
    let folder = server.runtimeDirectory + "/project"
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    let handle = try await provider.launch(provider.prepare(KernelOrder(spec: "python3", document: folder + "/a.py")))
    let kernel = try await Conformed(handle, limit: .seconds(60))
    #expect(try await kernel.run("import os\nprint(os.getcwd())").text == "\(folder)\n", "it begins in the folder of its document")
    await kernel.link.close()
    await handle.kill()
    finish()
  }

  @Test(arguments: [0o640, 0o604, 0o644]) func aFileThatOthersMayReadIsNotBelieved(mode: UInt32) async throws {
    let provider = try ServerProvider(ServerSettings(url: server.settings.url), client: client, discovery: discovery)
    LocalFiles.setMode(mode, of: try file)
    #expect(await discovery.running().isEmpty)
    let failure = await #expect(throws: PluginFailure.self) { try await provider.specs() }
    #expect(failure?.code == "server_denied")
    finish()
  }

  @Test(arguments: [
    ("http://localhost:8888/", true), ("http://127.0.0.1:8888", true), ("http://127.0.0.2:8888/", true), ("http://[::1]:8888/", true),
    ("https://localhost:8888/", false), ("http://localhost:8889/", false), ("http://localhost:8888/other/", false),
    ("http://example.org:8888/", false), ("http://127.0.0.1.example.org:8888/", false), ("http://127.0.0:8888/", false),
  ]) func theTokenIsForThatServerAndNoOther(address: String, isIt: Bool) throws {
    for hostname in ["localhost", "0.0.0.0"] {
      let own = hostname == "localhost" ? "localhost" : "machine.example.org"
      let running = RunningServer(url: "http://\(own):8888/", token: "t", pid: 1, hostname: hostname)
      #expect(running.answers(at: try WebAddress(address)) == isIt, "\(hostname)")
    }
    let elsewhere = RunningServer(url: "http://machine.example.org:8888/", token: "t", pid: 1, hostname: "machine.example.org")
    #expect(!elsewhere.answers(at: try WebAddress(address)))
    finish()
  }

  @Test func commandListsWhatIsConfiguredAndWhatRuns() async throws {
    let listed = try await list(["mine": server.settings.url, "far": "http://192.0.2.1:1/"])
    #expect(listed.count == 2, "one that is configured is not listed twice")
    #expect(listed.first?["provider"] == "far" && listed.first?["found"] == false && listed.first?["token"] == "none")
    let mine = try #require(listed.last)
    #expect(mine["provider"] == "mine" && mine["found"] == true && mine["token"] == "found")
    #expect(mine["root_directory"] == .string(server.runtimeDirectory) && mine["pid"]?.intValue ?? 0 > 1)
    let alone = try await list([:])
    #expect(alone.count == 1 && alone.first?["provider"] == nil && alone.first?["token"] == "found")
    finish()
  }

  private func list(_ configured: [String: String]) async throws -> [JSONValue] {
    let providers = try configured.sorted { $0.key < $1.key }.map {
      try ServerProvider(ServerSettings(url: $0.value), client: client, discovery: discovery, name: $0.key)
    }
    let value = await ServerCommands(servers: providers, discovery: discovery).list()
    #expect(!value.serialized().contains(TestServer.token), "the token is told to nobody")
    return try #require(value["servers"]?.arrayValue)
  }
}
