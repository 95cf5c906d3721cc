// SPDX-License-Identifier: Apache-2.0
import FoundationEssentials
import JSON
import PluginSDK
import PluginTestKit
import Testing

/// Code that nobody here wrote: the effects of Debian's package frei0r-plugins. All of them are run in a process of their own, in
/// EndToEndTests.
@Suite(.serialized) struct Frei0rTests {
  @Test func numbersColoursAndPositionsAreSet() async throws {
    let host = try await Frei0rEffect.host()
    let effect = Frei0rEffect(host: host, name: "brightness")
    let info = try await effect.info()
    #expect(info["name"] == "Brightness" && info["num_params"] == 1 && info["frei0r_version"] == 1)
    #expect(try await effect.ask("parameter", ["index": 0])["info"]?["type"] == 1)
    let instance = try await effect.open()
    _ = try await effect.ask("set_number", ["instance": instance, "index": 0, "value": 1])
    #expect(try await effect.ask("get_number", ["instance": instance, "index": 0]) == ["value": 1.0])
    let bright = try await effect.ask("render", ["instance": instance, "frame": .string(Frei0rEffect.frame())])["rendered"]
    _ = try await effect.ask("set_number", ["instance": instance, "index": 0, "value": 0])
    let dark = try await effect.ask("render", ["instance": instance, "frame": .string(Frei0rEffect.frame())])["rendered"]
    func sum(_ frame: JSONValue?) -> Int {
      frame?.stringValue.flatMap { Data(base64Encoded: $0) }?.reduce(0) { $0 + Int($1) } ?? 0
    }
    #expect(sum(bright) > sum(dark) + 1_000_000)
    let tint = Frei0rEffect(host: host, name: "tint0r")
    let painted = try await tint.open()
    _ = try await tint.ask("set_color", ["instance": painted, "index": 0, "value": ["r": 0.5, "g": 0.25, "b": 1]])
    #expect(try await tint.ask("get_color", ["instance": painted, "index": 0]) == ["value": ["r": 0.5, "g": 0.25, "b": 1.0]])
    await host.close()
  }

  @Test func framesOfTheWrongSizeNeverReachC() async throws {
    let host = try await Frei0rEffect.host()
    let effect = Frei0rEffect(host: host, name: "brightness")
    let instance = try #require(try await effect.open(width: 128, height: 64).intValue)
    #expect(
      try await host.fault("frei0r.render", #"{"effect":"brightness","instance":\#(instance),"frame":"\#(Frei0rEffect.frame())"}"#)
        == "cannot call 'frei0r.render': 'frame' has 16384 bytes; it must have 32768")
    #expect(
      try await host.fault("frei0r.open", #"{"effect":"brightness","width":4294967295,"height":8}"#)
        == "cannot call 'frei0r.open': 'width' is 4294967295; write a whole number from 8 to 2048")
    await host.close()
  }

  @Test func anInstanceBelongsToItsEffect() async throws {
    let host = try await Frei0rEffect.host()
    let instance = try #require(try await Frei0rEffect(host: host, name: "brightness").open().intValue)
    _ = try await Frei0rEffect(host: host, name: "glow").info()
    #expect(
      try await host.fault("frei0r.close", #"{"effect":"glow","instance":\#(instance)}"#)
        == "cannot call 'frei0r.close': 'instance' is \(instance), which belongs to 'brightness', not to 'glow'")
    await host.close()
  }

  @Test(arguments: [
    (#""../frei0r-1/glow""#, "write the name of a file in '/usr/lib/frei0r-1' without its '.so' and without '/'"),
    (#""/usr/lib/frei0r-1/glow""#, "write the name of a file in '/usr/lib/frei0r-1' without its '.so' and without '/'"),
    (#""""#, "write the name of a file in '/usr/lib/frei0r-1' without its '.so' and without '/'"),
    (#"".""#, "write the name of a file in '/usr/lib/frei0r-1' without its '.so' and without '/'"),
    (#""glow.so""#, "'/usr/lib/frei0r-1' has no 'glow.so.so'"), (#""no such""#, "'/usr/lib/frei0r-1' has no 'no such.so'"),
  ])
  func onlyWhatLiesInTheDirectoryIsLoaded(effect: String, cause: String) async throws {
    let host = try await Frei0rEffect.host()
    let answer = try await host.host.call("frei0r.info", #"{"effect":\#(effect)}"#)
    #expect(answer.status == .notFound && answer.failure?.message.hasSuffix("; \(cause)") == true, "\(answer.text)")
    #expect(try await host.fault("frei0r.info", "{}") == "cannot call 'frei0r.info': 'effect' is missing; add it")
    #expect(
      try await host.fault("frei0r.info", #"{"effect":7}"#) == "cannot call 'frei0r.info': 'effect' is 7; write the name of a library")
    await host.close()
  }

  @Test func linksAndFilesOfOthersAreNotLoaded() async throws {
    let directory = FixtureLibrary.temporaryDirectory()
    let files = FileManager.default
    try files.createSymbolicLink(atPath: directory + "/link.so", withDestinationPath: Frei0rEffect.directory + "/glow.so")
    try files.copyItem(atPath: Frei0rEffect.directory + "/glow.so", toPath: directory + "/open.so")
    try files.setAttributes([.posixPermissions: 0o666], ofItemAtPath: directory + "/open.so")
    try Data("no library".utf8).write(to: URL(filePath: directory + "/text.so"))
    let host = try await CLibraryHarness(directory, exampleManifest("frei0r"))
    #expect(try await host.fault("frei0r.info", #"{"effect":"link"}"#).hasSuffix("'\(directory)/link.so' is no file but leads elsewhere"))
    #expect(try await host.fault("frei0r.info", #"{"effect":"open"}"#).contains("others could change '\(directory)/open.so'"))
    #expect(try await host.fault("frei0r.info", #"{"effect":"text"}"#).contains("cannot load '\(directory)/text.so'"))
    await host.close()
  }
}
