// SPDX-License-Identifier: Apache-2.0
import Glibc
import JSON
import Testing

@testable import Host

@Suite struct PluginInspectionTests {
  private let directory = PluginDirectory()

  @Test func soundPluginHasNoFindings() throws {
    let path = try directory.plugin("probe", withLibrary: true)
    #expect(PluginInspection.inspect(path) == [])
    #expect(PluginInspection.inspect(path + "/") == [])
    #expect(PluginInspection.inspect(path + "/plugin.json") == [])
    #expect(PluginInspection.inspect(path + "/libProbe.so") == [])
  }

  @Test(arguments: ["", "/", "/plugin.json", "/libProbe.so"]) func everyPathOfAPluginMeansIt(end: String) throws {
    let path = try directory.plugin("probe", withLibrary: true)
    let subject = PluginInspection.subject(path + end)
    #expect(subject?.manifest.id == "probe" && subject?.library == path + "/libProbe.so")
  }

  @Test func whatIsNoPluginHasNoSubject() throws {
    try directory.write("broken/plugin.json", "{")
    for path in ["/nowhere", "/nowhere.so", "/", "", "\(directory.path)/broken", directory.path] {
      #expect(PluginInspection.subject(path) == nil)
    }
  }

  @Test func settingsAreFilledInAndJudged() throws {
    let path = try directory.plugin(
      "probe", members: #""config": {"schema": {"type": "object", "properties": {"port": {"type": "integer", "default": 7}}}}"#)
    let manifest = try #require(PluginInspection.subject(path)?.manifest)
    #expect(try PluginInspection.settings([:], for: manifest).settings == ["port": 7])
    #expect(try PluginInspection.settings(["port": "x"], for: manifest).problems.isEmpty == false)
    let plain = try #require(PluginInspection.subject(directory.plugin("plain"))?.manifest)
    #expect(try PluginInspection.settings([:], for: plain).problems == [])
    #expect(try PluginInspection.settings(["a": 1], for: plain).problems == ["the plugin takes no configuration; give none"])
  }

  @Test func everyFindingIsSaid() throws {
    let manifest = try directory.write(
      "p/plugin.json", #"{"schema": 1, "id": "P", "version": "1.0.0", "abi": {"major": 1}, "library": "libP.so", "nmae": "p"}"#)
    let library = try directory.compile(
      "p/libP.so", "int lacking(void); int f(void) { return lacking(); }", ["-Wl,-z,execstack"])
    chmod(manifest, 0o666)
    let said = PluginInspection.inspect("\(directory.path)/p")
    #expect(
      said.map(\.description) == [
        "cannot load '\(manifest)': unknown key 'nmae' (line 1); did you mean 'name'?",
        "cannot load '\(manifest)': 'id' (line 1) is 'P'; write lower-case letters and digits, a letter first, with '.' or '-' between, such as 'run-notes'",
        "cannot load '\(manifest)': it can be changed by group or others (mode 0666); take that away: chmod go-w '\(manifest)'",
        "cannot load '\(library)': it asks for an executable stack; link it with '-z noexecstack'",
        "cannot load '\(library)': it has no function 'jf_plugin_entry_1'; define and export it as jackfield/plugin.h says, or remove the file if it is no plugin",
        "cannot load '\(library)': no library it needs has the symbol 'lacking'; link it with the library that has, or correct the name",
      ])
    #expect(said.allSatisfy { $0.severity == .fault })
  }

  @Test func manyExportsAreWorthAWord() throws {
    let functions = (0..<30).map { "int f\($0)(void) { return 0; }" }.joined(separator: " ")
    let path = try directory.plugin("probe")
    let library = try directory.compile("probe/libProbe.so", functions + "void *jf_plugin_entry_1(void) { return 0; }")
    #expect(
      PluginInspection.inspect(path) == [
        PluginInspection.Finding(
          severity: .advice,
          description:
            "'\(library)' exports 31 symbols, which may clash with other libraries; hide all but 'jf_plugin_entry_1' with a version script")
      ])
  }

  @Test func nothingThere() {
    let path = "\(directory.path)/none"
    #expect(
      PluginInspection.inspect(path).map(\.description) == [
        "cannot load '\(path)/plugin.json': no such file or directory; see that the file is there and the host's user may read it"
      ])
  }

  @Test func libraryWithoutAManifestIsStillJudged() throws {
    let path = "\(directory.path)/libNone.so"
    #expect(
      PluginInspection.inspect(path).map(\.description) == [
        "cannot load '\(path)': there is no such file; build the plugin, or correct 'library' in its plugin.json"
      ])
  }
}
