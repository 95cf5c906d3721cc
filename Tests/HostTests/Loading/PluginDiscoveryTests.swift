// SPDX-License-Identifier: Apache-2.0
import FoundationEssentials
import Glibc
import Testing

@testable import Host

@Suite struct PluginDiscoveryTests {
  private let directory = PluginDirectory()

  @Test func pluginsAreFoundInOrder() throws {
    try directory.plugin("b", in: "one")
    try directory.plugin("a", in: "one")
    try directory.plugin("c", in: "two")
    let found = PluginDiscovery(searchPath: ["\(directory.path)/two", "\(directory.path)/none", "\(directory.path)/one"])
    #expect(found.plugins.map(\.id) == ["c", "a", "b"])
    #expect(found.shadowed.isEmpty && found.problems.isEmpty)
    #expect(found.plugins[0].path == "\(directory.path)/two/c" && found.plugins[0].directory == "\(directory.path)/two/c")
    #expect(found.plugins[0].libraryPath == "\(directory.path)/two/c/libProbe.so" && found.plugins[0].refusal == nil)
  }

  @Test func laterOnesAreShadowed() throws {
    try directory.plugin("a", in: "one")
    try directory.plugin("a", in: "two")
    let found = PluginDiscovery(searchPath: ["\(directory.path)/one", "\(directory.path)/two"])
    #expect(found.plugins.map(\.path) == ["\(directory.path)/one/a"])
    #expect(
      found.shadowed.map(\.description) == [
        "'\(directory.path)/two/a' is shadowed by '\(directory.path)/one/a', which comes first on the search path; remove one"
      ])
  }

  @Test func twoOfOneIDInOneDirectoryAreRefused() throws {
    try directory.write("x/plugin.json", PluginDirectory.manifest("a"))
    try directory.write("y/plugin.json", PluginDirectory.manifest("a"))
    let found = PluginDiscovery(searchPath: [directory.path])
    #expect(found.plugins.map(\.id) == ["a"])
    let (x, y) = ("\(directory.path)/x", "\(directory.path)/y")
    #expect(
      found.plugins[0].refusal?.message
        == "cannot load '\(x)': the plugins '\(x)' and '\(y)' have the same id 'a'; remove all but one")
  }

  @Test func brokenManifestIsNamedForItsDirectory() throws {
    let path = try directory.write("health/plugin.json", "{\n")
    try directory.plugin("store")
    let found = PluginDiscovery(searchPath: [directory.path])
    #expect(found.plugins.map(\.id) == ["health", "store"])
    let message = try #require(found.plugins[0].refusal?.message)
    #expect(message.hasPrefix("cannot load '\(path)': it is not JSON: ") && found.plugins[0].manifest == nil)
    #expect(throws: Refusal.self) { try PluginJudge().judge(found.plugins[0]) }
  }

  @Test func pluginForAnotherHostIsNamedForItsManifest() throws {
    let path = try directory.write("dir/plugin.json", #"{"schema": 1, "id": "health", "new": 1, "abi": {"major": 2}}"#)
    let plugin = try #require(PluginDiscovery(searchPath: [directory.path]).plugins.first)
    #expect(plugin.id == "health")
    #expect(
      plugin.refusal?.message
        == "cannot load '\(path)': built for plugin ABI 2, this host speaks 1; rebuild it against this host's PluginSDK, or update the host"
    )
  }

  @Test func manifestThatIsTooLarge() throws {
    let path = try directory.write("health/plugin.json", String(repeating: " ", count: (256 << 10) + 1))
    #expect(
      PluginDiscovery(searchPath: [directory.path]).plugins.first?.refusal?.message
        == "cannot load '\(path)': it has more than 256 KiB; shorten it")
  }

  @Test func manifestThatIsADirectory() throws {
    try directory.write("health/plugin.json/x", "")
    #expect(
      PluginDiscovery(searchPath: [directory.path]).plugins.first?.refusal?.message
        == "cannot load '\(directory.path)/health/plugin.json': it is not a file; put the plugin's manifest there")
  }

  @Test func filesOfOthersAreIgnored() throws {
    try directory.library("libForeign.so")
    try directory.write("libText.so", "text")
    try directory.write("libEmpty.so", "")
    try directory.write("README.md", "text")
    try directory.write("empty/README.md", "text")
    try directory.write(".hidden/plugin.json", PluginDirectory.manifest("hidden"))
    let found = PluginDiscovery(searchPath: [directory.path])
    #expect(found.plugins.isEmpty && found.problems.isEmpty)
  }

  @Test func fileOnTheSearchPathIsAProblemNotAFailure() throws {
    let path = try directory.write("file", "text")
    #expect(
      PluginDiscovery(searchPath: [path]).problems == [
        "cannot look for plugins in '\(path)': it cannot be read; see that it is a directory the host's user may read"
      ])
  }

  /// C text of a plugin that carries its manifest in a note, as jackfield/plugin.h describes the entry.
  static func source(note manifest: String) -> String {
    let bytes = manifest.utf8.map { "\($0)" }.joined(separator: ",")
    return """
      __attribute__((section(".note.jackfield"), used, aligned(4))) static const struct {
        unsigned name_size, size, type; char name[12]; unsigned char text[\(manifest.utf8.count)];
      } note = {10, \(manifest.utf8.count), 1, "JACKFIELD", {\(bytes)}};
      void *jf_plugin_entry_1(void) { return 0; }
      """
  }

  @Test func singleFileWithItsManifestInside() throws {
    let path = try directory.compile("libSingle.so", Self.source(note: PluginDirectory.manifest("single")))
    let plugin = try #require(PluginDiscovery(searchPath: [directory.path]).plugins.first)
    #expect(plugin.id == "single" && plugin.path == path && plugin.libraryPath == path && plugin.directory == directory.path)
    #expect(plugin.manifestPath == nil && plugin.refusal == nil)
    try PluginJudge().judge(plugin)
  }

  @Test func singleFileWithABrokenManifestInside() throws {
    let path = try directory.compile("libSingle.so", Self.source(note: "{}"))
    let plugin = try #require(PluginDiscovery(searchPath: [directory.path]).plugins.first)
    #expect(plugin.id == "libSingle" && plugin.refusal?.message == "cannot load '\(path)': 'schema' is missing; add it")
  }

  @Test func namespaceBelongsToTheFirst() throws {
    try directory.plugin("a", members: #""namespaces": ["runs", "a"]"#)
    try directory.plugin("b", members: #""namespaces": ["b", "runs"]"#)
    try directory.plugin("c", members: #""namespaces": ["b"]"#)
    try directory.plugin("d", members: #""namespaces": ["runs.more"]"#)
    var plugins = PluginDiscovery(searchPath: [directory.path]).plugins
    NamespaceClaims.settle(&plugins)
    let path = "\(directory.path)"
    #expect(
      plugins.map { $0.refusal?.message } == [
        nil,
        "cannot load '\(path)/b': the plugins 'a' ('\(path)/a') and 'b' ('\(path)/b') both claim the namespace 'runs'; disable or rename one of them",
        nil,
        "cannot load '\(path)/d': the plugins 'a' ('\(path)/a') and 'd' ('\(path)/d') claim the namespaces 'runs' and 'runs.more', of which one lies in the other; disable or rename one of them",
      ])
  }

  @Test func fingerprintFollowsTheFiles() throws {
    try directory.plugin("a", withLibrary: true)
    let plugin = try #require(PluginDiscovery(searchPath: [directory.path]).plugins.first)
    let before = plugin.fingerprint
    #expect(plugin.fingerprint == before)
    try directory.write("a/libProbe.so", "other")
    #expect(plugin.fingerprint != before)
  }
}
