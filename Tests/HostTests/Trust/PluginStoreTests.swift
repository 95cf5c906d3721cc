// SPDX-License-Identifier: Apache-2.0
import Foundation
import Testing

@testable import Host

@Suite struct PluginStoreTests {
  private let bench: TrustBench

  init() throws {
    bench = try TrustBench()
    try bench.plugins.plugin("a", withLibrary: true)
  }

  private var path: String { bench.plugins.path + "/a" }

  /// Changes a file although nobody may.
  private func change(_ path: String, _ text: String) throws {
    chmod(path.parentDirectory, 0o700)
    chmod(path, 0o600)
    try Data(text.utf8).write(to: URL(filePath: path))
  }

  @Test func originalMayBeWrittenOverWhileItsCopyIsLoaded() throws {
    let library = try bench.admitted().library
    let handle = try #require(dlopen(library, RTLD_NOW | RTLD_LOCAL))
    let entry = try #require(dlsym(handle, "jf_plugin_entry_1"))
    let original = open(path + "/libProbe.so", O_WRONLY | O_TRUNC)
    write(original, "garbage", 7)
    close(original)
    typealias Entry = @convention(c) () -> UnsafeRawPointer?
    #expect(unsafeBitCast(entry, to: Entry.self)() != nil)
  }

  enum Damage: CaseIterable {
    case otherBytes, missingFile, furtherFile, link, pipe, isFile
  }

  @Test(arguments: Damage.allCases) func damagedEntryIsMadeAnew(_ damage: Damage) throws {
    let library = try bench.admitted().library
    let entry = library.parentDirectory
    let good = try PluginDirectory.bytes(library)
    chmod(entry, 0o700)
    switch damage {
    case .otherBytes: try change(library, "garbage")
    case .missingFile: unlink(entry + "/plugin.json")
    case .furtherFile: try Data().write(to: URL(filePath: entry + "/libm.so.6"))
    case .link:
      rename(library, entry + "/../elsewhere")
      symlink("../elsewhere", library)
    case .pipe:
      unlink(library)
      mkfifo(library, 0o600)
    case .isFile:
      try FileTree.remove(entry)
      try Data().write(to: URL(filePath: entry))
    }
    #expect(try bench.admitted().library == library)
    #expect(bench.log.lines.last == "warning host stored plugin damaged, storing it anew path=\(entry)")
    #expect(try PluginDirectory.bytes(library) == good)
    #expect(try FileTree.identities(below: entry).keys.sorted() == ["", "libProbe.so", "plugin.json"])
    #expect(try TrustBench.mode(entry) == 0o500)
  }

  /// The memory of one process is not enough to see it: the times are as they were.
  @Test func damageBeforeAStartIsSeenByTheBytes() throws {
    let library = try bench.admitted().library
    try change(library, String(repeating: "x", count: try PluginDirectory.bytes(library).count))
    chmod(library, 0o500)
    chmod(library.parentDirectory, 0o500)
    bench.restart()
    #expect(try PluginDirectory.bytes(bench.admitted().library) == PluginDirectory.bytes(path + "/libProbe.so"))
    #expect(bench.log.lines.last?.contains("stored plugin damaged") == true)
  }

  @Test func startRemovesWhatNothingNames() throws {
    let admission = try bench.admitted()
    let unnamed = String(repeating: "0", count: 64)
    for name in [unnamed, ".new-1-\(unnamed)"] {
      try bench.state.write("store/\(name)/lib/libOld.so", "old")
      chmod("\(bench.storePath)/\(name)/lib", 0o500)
      chmod("\(bench.storePath)/\(name)", 0o500)
    }
    try bench.state.write("store/notes.txt", "somebody's")
    _ = try bench.admitted()
    #expect(try Folder.names(in: bench.storePath).count == 4)
    bench.restart()
    _ = try bench.admitted()
    #expect(try Folder.names(in: bench.storePath) == [admission.sha256, "notes.txt"])
  }

  @Test func disabledPluginKeepsItsCopy() throws {
    let admission = try bench.admitted()
    bench.restart()
    _ = bench.survey(in: [])
    #expect(try Folder.names(in: bench.storePath) == [admission.sha256])
  }

  @Test func storeThatOthersMayWriteToIsNotUsed() throws {
    mkdir(bench.storePath, 0o777)
    chmod(bench.storePath, 0o777)
    #expect(
      bench.refusal()
        == "cannot load '\(path)': the host makes a copy of what it loads, and '\(bench.storePath)' is not safe; it can be changed by group or "
        + "others (mode 0777); take that away: chmod go-w '\(bench.storePath)'")
  }

  @Test func fileInThePlaceOfTheStoreIsAClearRefusal() throws {
    try bench.state.write("store", "")
    #expect(
      bench.refusal()
        == "cannot load '\(path)': the host makes a copy of what it loads, and cannot make directory '\(bench.storePath)': not a directory; "
        + "see that the host's user may write there and that there is room, then say 'jackfield reload'")
  }

  private func files(in bench: TrustBench) throws -> PluginFiles {
    let text = try PluginDirectory.bytes(path + "/plugin.json")
    return PluginFiles(manifest: (path + "/plugin.json", text), libraries: [try PlainFile(path + "/libProbe.so")])
  }

  @Test func tooMuchIsNotCopied() throws {
    let huge = try bench.plugins.write("huge.so", "")
    truncate(huge, (1 << 30) + 1)
    let files = PluginFiles(manifest: nil, libraries: [try PlainFile(huge)])
    let digest = try PluginDigest(files: ["huge.so": String(repeating: "0", count: 64)])
    let fault = #expect(throws: TrustFault.self) { try bench.trust.store.place(files, digest) }
    #expect(fault?.refusal("/p").message.contains("its files have more than 1024 MiB; strip them") == true)
  }

  @Test func bytesThatAreNotThoseOfTheDigestLeaveNothingBehind() throws {
    let files = try files(in: bench)
    let digest = try PluginDigest(files: [
      "libProbe.so": String(repeating: "0", count: 64), "plugin.json": String(repeating: "0", count: 64),
    ])
    #expect(throws: TrustFault.self) { try bench.trust.store.place(files, digest) }
    #expect(try Folder.names(in: bench.storePath) == [])
  }
}
