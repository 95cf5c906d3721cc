// SPDX-License-Identifier: Apache-2.0
import Foundation
import JSON
import Testing

@testable import Host

@Suite struct PluginTrustTests {
  private let bench: TrustBench

  init() throws {
    bench = try TrustBench()
    try bench.plugins.plugin("a", withLibrary: true)
  }

  private var path: String { bench.plugins.path + "/a" }

  /// What the system's own tool says of the files.
  private func sha256sum(_ directory: String, _ names: String) throws -> String {
    let process = Process()
    let output = Pipe()
    process.executableURL = URL(filePath: "/bin/sh")
    process.arguments = ["-c", "cd '\(directory)' && sha256sum -z \(names) | sha256sum"]
    process.standardOutput = output
    try process.run()
    let text = try output.fileHandleForReading.readToEnd() ?? Data()
    process.waitUntilExit()
    return String(decoding: text.prefix(64), as: UTF8.self)
  }

  // MARK: What is written down

  @Test func firstUsePinsThePluginAndCopiesIt() throws {
    let admission = try bench.admitted()
    #expect(admission.sha256 == (try sha256sum(path, "libProbe.so plugin.json")))
    #expect(admission.library == "\(bench.storePath)/\(admission.sha256)/libProbe.so")
    #expect(try PluginDirectory.bytes(admission.library) == PluginDirectory.bytes(path + "/libProbe.so"))
    let entry = try #require(try bench.lock()["plugins"]?["a"])
    #expect(entry["version"] == "1.0.0" && entry["path"] == .string(path) && entry["sha256"] == .string(admission.sha256))
    #expect(entry["files"]?.objectValue?.keys.sorted() == ["libProbe.so", "plugin.json"])
    #expect(entry["firstSeen"]?.stringValue?.wholeMatch(of: /\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z/) != nil)
    #expect(bench.log.lines == ["info host plugin pinned at its first use plugin=a sha256=\(admission.sha256) path=\(path)"])
  }

  @Test func nobodyMayWriteToWhatIsStored() throws {
    let library = try bench.admitted().library
    #expect(try TrustBench.mode(bench.lockPath) == 0o600)
    #expect(try TrustBench.mode(bench.storePath) == 0o700)
    #expect(try TrustBench.mode(library.parentDirectory) == 0o500)
    #expect(try TrustBench.mode(library) == 0o500)
    #expect(try TrustBench.mode(library.parentDirectory + "/plugin.json") == 0o400)
  }

  @Test func unchangedPluginIsLetInWithoutAWord() throws {
    let first = try bench.admitted()
    let lock = try FileIdentity(path: bench.lockPath)
    bench.restart()
    #expect(try bench.admitted().library == first.library)
    #expect(try bench.admitted().library == first.library)
    #expect(bench.log.lines.count == 1)
    #expect(try FileIdentity(path: bench.lockPath) == lock)
  }

  @Test func sameBytesInOtherFilesAreTheSamePlugin() throws {
    let first = try bench.admitted()
    let seen = try bench.lock()["plugins"]?["a"]?["firstSeen"]
    try FileManager.default.moveItem(atPath: path, toPath: bench.plugins.path + "/moved")
    utimes(bench.plugins.path + "/moved/libProbe.so", nil)
    #expect(try bench.admitted().sha256 == first.sha256)
    #expect(try bench.lock()["plugins"]?["a"]?["path"] == .string(bench.plugins.path + "/moved"))
    #expect(try bench.lock()["plugins"]?["a"]?["firstSeen"] == seen)
    #expect(bench.log.lines.count == 1)
  }

  @Test func lockThatWasRemovedIsMadeAnew() throws {
    _ = try bench.admitted()
    try bench.append("a/libProbe.so")
    unlink(bench.lockPath)
    let admission = try bench.admitted()
    #expect(try bench.lock()["plugins"]?["a"]?["sha256"] == .string(admission.sha256))
  }

  // MARK: What was changed

  @Test func changedLibraryIsRefusedWithBothHashes() throws {
    let old = try bench.admitted().sha256
    let lock = try FileIdentity(path: bench.lockPath)
    try bench.append("a/libProbe.so")
    let new = try sha256sum(path, "libProbe.so plugin.json")
    let sentence =
      "cannot load '\(path)': 'libProbe.so' changed since it was allowed: its SHA-256 was \(old), now it is \(new); "
      + "if that is your doing, say 'jackfield plugins allow a', else put the old files back"
    #expect(bench.refusal() == sentence)
    bench.restart()
    #expect(bench.refusal(allowing: "b") == sentence)
    #expect(try FileIdentity(path: bench.lockPath) == lock)
    #expect(try Folder.names(in: bench.storePath) == [old])
  }

  @Test func changedManifestIsRefusedToo() throws {
    _ = try bench.admitted()
    try bench.plugins.plugin("a", members: #""summary": "does more""#)
    #expect(bench.refusal()?.contains("'plugin.json' changed since it was allowed") == true)
  }

  @Test func manifestIsHashedAsItWasRead() throws {
    let found = try #require(PluginDiscovery(searchPath: [bench.plugins.path]).plugins.first)
    try bench.plugins.plugin("a", members: #""summary": "written in between""#)
    let pass = TrustPass(bench.trust, pins: true)
    let library = try pass.admit(found, version: "1.0.0", PluginJudge().judge(found)).library
    let stored = try PluginDirectory.bytes(library.parentDirectory + "/plugin.json")
    #expect(stored == Array(PluginDirectory.manifest("a").utf8))
  }

  @Test func fileThatTakesThePlaceOfAJudgedOneIsNotLoaded() throws {
    let found = try #require(PluginDiscovery(searchPath: [bench.plugins.path]).plugins.first)
    let judged = try PluginJudge().judge(found)
    try bench.plugins.write("other.so", "not what was judged")
    rename(bench.plugins.path + "/other.so", path + "/libProbe.so")
    #expect(throws: Refusal.self) { try TrustPass(bench.trust, pins: true).admit(found, version: "1.0.0", judged) }
    #expect(!FileManager.default.fileExists(atPath: bench.storePath))
  }

  @Test func libraryThatIsBeingWrittenIsRefused() throws {
    let found = try #require(PluginDiscovery(searchPath: [bench.plugins.path]).plugins.first)
    let judged = try PluginJudge().judge(found)
    try bench.append("a/libProbe.so")
    let refusal = #expect(throws: Refusal.self) { try TrustPass(bench.trust, pins: true).admit(found, version: "1.0.0", judged) }
    #expect(
      refusal?.message
        == "cannot load '\(path)': '\(path)/libProbe.so' was written to while it was read; say 'jackfield reload' when the writing has ended"
    )
  }

  @Test func allowAcceptsThePresentBytesForGood() throws {
    let old = try bench.admitted()
    try bench.append("a/libProbe.so")
    let new = try bench.admitted(allowing: "a")
    #expect(new.sha256 != old.sha256)
    #expect(try PluginDirectory.bytes(new.library) == PluginDirectory.bytes(path + "/libProbe.so"))
    #expect(bench.log.lines.last == "info host changed plugin allowed plugin=a sha256=\(new.sha256) path=\(path)")
    bench.restart()
    #expect(try bench.admitted().sha256 == new.sha256)
    // It may still be running when it is allowed; after a restart nothing names it.
    #expect(try Folder.names(in: bench.storePath) == [new.sha256])
  }

  @Test func withoutPinningEveryPluginIsLoadedAndTheLockIsLeftAlone() throws {
    _ = try bench.admitted(pins: false)
    #expect(!FileManager.default.fileExists(atPath: bench.lockPath))
    let old = try bench.admitted().sha256
    try bench.append("a/libProbe.so")
    let new = try bench.admitted(pins: false)
    #expect(new.library.hasPrefix(bench.storePath + "/\(new.sha256)/"))
    #expect(try bench.lock()["plugins"]?["a"]?["sha256"] == .string(old))
    #expect(bench.refusal()?.contains(old) == true)
  }

  // MARK: The host's own

  @Test func pluginsThatComeWithTheHostMayChange() throws {
    let executable = try bench.plugins.write("bin/jackfield", "")
    let own = try TrustBench(executable: executable)
    try bench.plugins.plugin("a", in: "plugins", withLibrary: true)
    let place = [bench.plugins.path + "/plugins"]
    let old = try own.survey(in: place)["a"]!.get()
    try bench.append("plugins/a/libProbe.so")
    let new = try own.survey(in: place)["a"]!.get()
    #expect(new.sha256 != old.sha256)
    #expect(
      own.log.lines.last
        == "info host plugin of this installation changed, pinned anew plugin=a sha256=\(new.sha256) path=\(place[0])/a")
    // A stranger of the same id is still one.
    #expect(throws: Refusal.self) { try own.survey(in: [bench.plugins.path])["a"]?.get() }
  }

  // MARK: A lock that cannot be used

  private static let good = #"{"schema": 1, "plugins": {"a": {"version": "1", "path": "/p", "firstSeen": "t", "sha256": "S", "files": F}}}"#

  @Test(arguments: [
    ("", "it is not JSON: the text is empty"),
    ("{", "it is not JSON: a bracket, comma, colon or quote is missing or misplaced"),
    (
      String(repeating: "[", count: 200) + String(repeating: "]", count: 200),
      "it is not JSON that is accepted: nested deeper than 128 levels"
    ),
    ("[]", "it has no 'schema' of 1 and 'plugins'"),
    (#"{"schema": 2, "plugins": {}}"#, "it has no 'schema' of 1 and 'plugins'"),
    (#"{"schema": 1, "plugins": []}"#, "it has no 'schema' of 1 and 'plugins'"),
    (#"{"schema": 1, "plugins": {"a": 7}}"#, "what it says of 'a' is damaged"),
    (#"{"schema": 1, "plugins": {"../a": {}}}"#, "what it says of '../a' is damaged"),
    (good.replacing("F", with: "{}").replacing("S", with: "abc"), "what it says of 'a' is damaged"),
    (good.replacing("F", with: "{}").replacing("S", with: String(repeating: "0", count: 64)), "what it says of 'a' is damaged"),
    (good.replacing("F", with: #"{"x": 1}"#), "what it says of 'a' is damaged"),
    (good.replacing("F", with: #"{"x": "XY"}"#), "what it says of 'a' is damaged"),
  ])
  func damagedLockRefusesAllAndIsLeftAsItIs(_ text: String, _ reason: String) throws {
    _ = try bench.admitted()
    try bench.state.write("plugins.lock", text, mode: 0o600)
    #expect(bench.refusal() == sentence(reason))
    #expect(bench.refusal(allowing: "a") == sentence(reason))
    #expect(try String(contentsOfFile: bench.lockPath, encoding: .utf8) == text)
    bench.restart()
    _ = bench.survey()
    #expect(try Folder.names(in: bench.storePath).count == 1)
    _ = try bench.admitted(pins: false)
  }

  private func sentence(_ reason: String) -> String {
    "cannot load '\(path)': '\(bench.lockPath)', where it stands which plugins were allowed, cannot be used: \(reason); "
      + "mend it, or remove it to allow every plugin as it is now, then say 'jackfield reload'"
  }

  @Test func hugeLockIsNotRead() throws {
    _ = try bench.admitted()
    truncate(bench.lockPath, (4 << 20) + 1)
    #expect(bench.refusal() == sentence("it is larger than 4194304 bytes"))
  }

  @Test(arguments: [0o620, 0o602, 0o666]) func lockThatOthersMayWriteIsNotBelieved(_ mode: Int) throws {
    _ = try bench.admitted()
    try bench.state.chmod("plugins.lock", mode)
    #expect(bench.refusal() == sentence("others than its owner may write it"))
  }

  @Test(.enabled(if: geteuid() == 0, "only root can give a file away")) func lockOfSomebodyElseIsNotBelieved() throws {
    _ = try bench.admitted()
    chown(bench.lockPath, 12_345, 12_345)
    #expect(bench.refusal() == sentence("it belongs to user 12345"))
  }

  @Test func linkPipeAndDirectoryInItsPlaceAreNotBelieved() throws {
    _ = try bench.admitted()
    let aside = bench.state.path + "/aside"
    rename(bench.lockPath, aside)
    symlink(aside, bench.lockPath)
    #expect(bench.refusal() == sentence("it is a symbolic link"))
    unlink(bench.lockPath)
    mkfifo(bench.lockPath, 0o600)
    #expect(bench.refusal() == sentence("it is not a regular file"))
    unlink(bench.lockPath)
    mkdir(bench.lockPath, 0o700)
    #expect(bench.refusal() == sentence("it is not a regular file"))
  }

  @Test func pluginThatCannotBeWrittenDownStaysOutside() throws {
    // Where the new text would be written first.
    let blocked = "\(bench.lockPath).\(getpid()).tmp"
    mkdir(blocked, 0o700)
    #expect(
      bench.refusal()
        == "cannot load '\(path)': what is allowed cannot be written down: cannot write '\(blocked)': is a directory; see that the host's "
        + "user may write there and that there is room, then say 'jackfield reload'")
    rmdir(blocked)
    _ = try bench.admitted()
  }

  // MARK: Libraries that come along

  private static let code = "int helper(void); void *jf_plugin_entry_1(void) { return helper() ? 0 : 0; }"

  /// A plugin whose library needs another one, found by its run path.
  private func pluginWithCompanion(_ place: String, _ runPath: String) throws {
    try bench.plugins.write("\(place)/.keep", "")
    try bench.plugins.compile("\(place)/libhelper.so", "int helper(void) { return 1; }", ["-Wl,-soname,libhelper.so"])
    try bench.plugins.compile(
      "a/libProbe.so", Self.code, ["-L\(bench.plugins.path)/\(place)", "-lhelper", "-Wl,-rpath,\(runPath)"])
  }

  @Test(arguments: [("a", "$ORIGIN"), ("a/lib", "${ORIGIN}/lib"), ("shared", "$ORIGIN/../shared")])
  func companionIsPinnedAndStoredWhereTheLoaderFindsIt(_ place: String, _ runPath: String) throws {
    try pluginWithCompanion(place, runPath)
    let library = try bench.admitted().library
    let moved = bench.plugins.path + "-moved"
    rename(bench.plugins.path, moved)
    let handle = dlopen(library, RTLD_NOW | RTLD_LOCAL)
    #expect(handle != nil, "\(String(cString: dlerror() ?? strdup("")))")
    rename(moved, bench.plugins.path)
    // The one that is loaded now is the plugin's own, and not the system's: the plugin is what it was.
    bench.restart()
    #expect(try bench.admitted().library == library)
    try bench.append("\(place)/libhelper.so")
    #expect(bench.refusal()?.contains("libhelper.so' changed since it was allowed") == true)
  }

  /// As the libraries of the Swift toolchain, which the plugin finds by an absolute path and they each other by "$ORIGIN".
  @Test func librariesBesideThoseOfTheSystemAreNotThePlugins() throws {
    let place = "\(bench.plugins.path)/toolchain"
    try bench.plugins.compile("toolchain/libinner.so", "int inner(void) { return 1; }", ["-Wl,-soname,libinner.so"])
    try bench.plugins.compile(
      "toolchain/libhelper.so", "int inner(void); int helper(void) { return inner(); }",
      ["-L\(place)", "-linner", "-Wl,-soname,libhelper.so", "-Wl,-rpath,$ORIGIN"])
    try bench.plugins.compile("a/libProbe.so", Self.code, ["-L\(place)", "-lhelper", "-Wl,-rpath,\(place)"])
    _ = try bench.admitted()
    #expect(try bench.lock()["plugins"]?["a"]?["files"]?.objectValue?.keys.sorted() == ["libProbe.so", "plugin.json"])
  }

  @Test func companionOfACompanionComesAlongToo() throws {
    let place = "\(bench.plugins.path)/a/lib"
    try bench.plugins.compile("a/lib/libinner.so", "int inner(void) { return 1; }", ["-Wl,-soname,libinner.so"])
    try bench.plugins.compile(
      "a/lib/libhelper.so", "int inner(void); int helper(void) { return inner(); }",
      ["-L\(place)", "-linner", "-Wl,-soname,libhelper.so", "-Wl,-rpath,$ORIGIN"])
    try bench.plugins.compile("a/libProbe.so", Self.code, ["-L\(place)", "-lhelper", "-Wl,-rpath,$ORIGIN/lib", "-Wl,-rpath-link,\(place)"])
    _ = try bench.admitted()
    #expect(
      try bench.lock()["plugins"]?["a"]?["files"]?.objectValue?.keys.sorted()
        == ["lib/libhelper.so", "lib/libinner.so", "libProbe.so", "plugin.json"])
  }

  @Test func libraryThatAppearsBesideThePluginIsAChange() throws {
    try bench.plugins.compile(
      "a/libProbe.so", "void *jf_plugin_entry_1(void) { return 0; }", ["-Wl,-rpath,$ORIGIN", "-Wl,--no-as-needed", "-lm"])
    _ = try bench.admitted()
    try bench.plugins.compile("a/libm.so.6", "int nothing;", ["-Wl,-soname,libm.so.6"])
    #expect(bench.refusal()?.contains("'libm.so.6' changed since it was allowed") == true)
  }
}
