// SPDX-License-Identifier: Apache-2.0
import FoundationEssentials
import JSON
import PluginTestKit
import Testing

@testable import CLibrary

@Suite struct CLibraryPluginTests {
  private static let identity: JSONValue = ["symbol": "fx_i32", "returns": "i32", "args": [["name": "v", "type": "i32"]]]

  private static func refusal(_ library: String, _ manifest: JSONValue, settings: JSONValue = [:]) async -> String {
    do {
      let harness = try await CLibraryHarness(library, manifest, settings: settings)
      await harness.close()
      return "was not refused"
    } catch { return "\(error)" }
  }

  @Test func keepsTheRulesOfTheContract() async throws {
    // An adapter's identity is its own, so here the manifest says the same.
    let manifest = CLibraryHarness.manifest(["i32": Self.identity], extra: ["id": "c-library", "version": "0.1.0"])
    let path = FixtureLibrary.temporaryDirectory() + "/plugin.json"
    try Data(manifest.bytes()).write(to: URL(filePath: path))
    let configuration: JSONValue = ["manifest": manifest, "library": .string(FixtureLibrary.everything), "settings": [:]]
    let findings = await Conformance.check(CLibraryPlugin.self, manifest: path, configuration: configuration.serialized())
    #expect(findings.isEmpty, "\(findings)")
  }

  @Test func refusesALibraryThatDoesNotLoadOrLacksAFunction() async {
    let manifest = CLibraryHarness.manifest(["x": ["symbol": "fx_nothing", "returns": "void"]])
    #expect(await Self.refusal(FixtureLibrary.everything, manifest).contains("'fx_nothing': there is no such symbol"))
    #expect(await Self.refusal("/nowhere/libx.so", manifest).contains("cannot load '/nowhere/libx.so'"))
    let handles = CLibraryHarness.manifest(["i32": Self.identity], extra: ["handles": ["thing": ["free": "fx_no_free"]]])
    #expect(await Self.refusal(FixtureLibrary.everything, handles).contains("'fx_no_free': there is no such symbol"))
  }

  @Test func refusesAConfigurationThatIsNone() async {
    await #expect(throws: (any Error).self) { try await TestHost(plugin: CLibraryPlugin.self, configuration: "{}") }
    let wrong = CLibraryHarness.manifest(["x": ["symbol": "fx_i32", "returns": "int"]])
    #expect(await Self.refusal(FixtureLibrary.everything, wrong).contains("'commands[0].signature.returns' is 'int'; write 'i32'"))
  }

  @Test func settingsAreArguments() async throws {
    let manifest = CLibraryHarness.manifest([
      "set": ["symbol": "fx_i32", "returns": "i32", "args": [["name": "v", "type": "i32", "setting": "level"]]]
    ])
    let library = try await CLibraryHarness(FixtureLibrary.everything, manifest, settings: ["level": 6])
    #expect(try await library.text("fx.set") == #"{"result":6}"#)
    #expect(try await library.fault("fx.set", #"{"v":7}"#) == "cannot call 'fx.set': it has no argument 'v'; it takes none")
    await library.close()
    #expect(await Self.refusal(FixtureLibrary.everything, manifest).contains("from the setting 'level', which there is not"))
    #expect(await Self.refusal(FixtureLibrary.everything, manifest, settings: ["level": "x"]).contains("does not fit it"))
  }

  @Test func callsOfManyThreadsDoNotMix() async throws {
    let library = try await CLibraryHarness(["i32": Self.identity])
    try await withThrowingTaskGroup(of: Bool.self) { group in
      for number in 0..<500 {
        group.addTask { try await library.text("fx.i32", #"{"v":\#(number)}"#) == #"{"result":\#(number)}"# }
      }
      for try await isRight in group { #expect(isRight) }
    }
    await library.close()
  }
}
