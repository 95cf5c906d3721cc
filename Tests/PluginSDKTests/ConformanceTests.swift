// SPDX-License-Identifier: Apache-2.0

import FoundationEssentials
import PluginSDK
import PluginTestKit
import Testing

@Suite(.serialized) struct ConformanceTests {
  private static let hello = #"{"id":"hello","version":"0.1.0","commands":[{"name":"hello.greet"}]}"#
  private static let rogue = #"{"id":"rogue","version":"1.0.0","commands":[{"name":"rogue.go","stream":true}]}"#

  @Test func helloKeepsEveryRule() async throws {
    let manifest = try write(Self.hello)
    #expect(await Conformance.check(HelloPlugin.self, manifest: manifest) == [])
  }

  @Test func probeKeepsEveryRule() async throws {
    let (host, bench) = try await probe()
    await host.close()
    let commands = host.registeredCommands.map { #"{"name":"\#($0)","stream":\#($0 == "probe.count")}"# }.joined(separator: ",")
    let manifest = try write(
      #"{"id":"probe","version":"1.2.3","commands":[\#(commands)],"subscribes":[{"topic":"closure.*"},{"topic":"stream.*"}],"publishes":["probe.out"]}"#
    )
    bench.open()
    let findings = await Conformance.check(
      ProbePlugin.self, manifest: manifest, configuration: bench.configuration, patience: .milliseconds(500))
    #expect(findings == [])
  }

  @Test func rogueWithoutAFaultKeepsEveryRule() async throws {
    let findings = await check(.none)
    #expect(findings == [])
  }

  @Test(arguments: [
    (Fault.refusesWithoutReason, "a plugin can be made and started with a good configuration"),
    (.registersNothing, "the code registers the commands that plugin.json names"),
    (.neverFinishes, "a cancelled call ends"),
    (.finishesTwice, "every call is finished exactly once, with valid content"),
    (.badResult, "every call is finished exactly once, with valid content"),
    (.okWithoutFinish, "every call is finished exactly once, with valid content"),
    (.failureWithoutMessage, "a failure is JSON with a 'message'"),
    (.unknownEventFails, "an event of an unknown kind is answered with JF_OK"),
    (.lateEventFails, "an event about a call or topic that is no more is answered with JF_OK"),
    (.pingFails, "a ping is answered with JF_OK"),
    (.ignoresCredit, "without credit a plugin waits for JF_EVENT_CREDIT"),
    (.speaksAfterStop, "nothing is asked of the host after stop"),
    (.stopFails, "stop ends all work in time"),
    (.ignoresSize, "a struct that is too short is answered with JF_E_INVALID"),
    (.answersAnything, "a command that there is not fails"),
    (.badUTF8, "text and JSON are UTF-8"),
    (.tooLarge, "nothing is over the host's limits"),
    (.noData, "'data' is NULL only when 'length' is 0"),
    (.floodsTheLog, "a plugin logs at most 1 000 lines a second"),
    (.callsInCreate, "call_start is not called in create"),
    (.registersLate, "commands are registered in create"),
  ])
  func faultIsFound(fault: Fault, rule: String) async throws {
    let findings = await check(fault)
    #expect(findings.contains { $0.rule == rule }, "\(findings)")
  }

  @Test func codeAndManifestMustAgree() async throws {
    let manifest = try write(#"{"id":"hallo","version":"0.2.0","commands":[{"name":"hello.greet"}]}"#)
    let findings = await Conformance.check(HelloPlugin.self, manifest: manifest)
    #expect(
      findings.map(\.description) == [
        "the id in the code is that of plugin.json: 'hello' and 'hallo'; make them equal",
        "the version in the code is that of plugin.json: '0.1.0' and '0.2.0'; make them equal",
      ])
  }

  @Test func commandMissingInTheManifestIsExplained() async throws {
    let manifest = try write(#"{"id":"hello","version":"0.1.0","commands":[]}"#)
    let findings = await Conformance.check(HelloPlugin.self, manifest: manifest)
    #expect(findings.first?.seen.contains("cannot register the command 'hello.greet': 'commands' in plugin.json does not name it") == true)
  }

  @Test func missingManifestAndLibraryAreFindings() async throws {
    #expect(
      await Conformance.check(HelloPlugin.self, manifest: "/nowhere/plugin.json").first?.rule == "a plugin has a readable plugin.json")
    let findings = await Conformance.check(library: "/nowhere/libNone.so", manifest: "/nowhere/plugin.json")
    #expect(findings.first?.rule == "a library loads and has the entry")
  }

  private func check(_ fault: Fault) async -> [Finding] {
    guard let manifest = try? write(Self.rogue) else { return [] }
    return await Conformance.check(
      table: rogueTable, manifest: manifest, configuration: "\"\(fault.rawValue)\"", patience: .milliseconds(20))
  }

  private func write(_ manifest: String) throws -> String {
    let url = FileManager.default.temporaryDirectory.appending(path: "plugin-\(UUID().uuidString).json")
    try Data(manifest.utf8).write(to: url)
    return url.path()
  }
}
