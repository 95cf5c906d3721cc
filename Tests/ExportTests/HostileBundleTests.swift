// SPDX-License-Identifier: Apache-2.0

import FoundationEssentials
import JSON
import PluginSDK
import PluginTestKit
import Testing

@testable import Export

@Suite(.serialized) struct HostileBundleTests {
  struct Case: Sendable, CustomTestStringConvertible {
    let name: String
    /// Python that writes the bundle to `path`; see `prelude`.
    let script: String
    let message: String
    var testDescription: String { name }

    init(_ name: String, _ script: String, _ message: String) {
      (self.name, self.script, self.message) = (name, script, message)
    }
  }

  /// `tar(…)` and `zip(…)` write entries; `manifest(…)` makes the text for them.
  private static let prelude = """
    import hashlib, io, json, os, sys, tarfile, warnings, zipfile
    warnings.simplefilter("ignore")
    path = sys.argv[1]
    DB = ("runs.sqlite", b"database")
    PT = ("checkpoints/a.pt", b"weights")
    def manifest(*files, **more):
        listed = [{"path": n, "bytes": len(c), "sha256": hashlib.sha256(c).hexdigest(), "role": {"runs.sqlite": "database"}.get(n, "checkpoint")} for n, c in files]
        return ("manifest.json", json.dumps({"format": "jackfield-bundle", "version": 1, "database": "runs.sqlite", "files": listed, "checkpoints": [], **more}).encode())
    def tar(*entries):
        with tarfile.open(path, "w", format=tarfile.PAX_FORMAT) as t:
            for entry in entries:
                if isinstance(entry, tarfile.TarInfo):
                    t.addfile(entry)
                else:
                    info = tarfile.TarInfo(entry[0]); info.size = len(entry[1]); t.addfile(info, io.BytesIO(entry[1]))
    def kind(name, type, link=""):
        info = tarfile.TarInfo(name); info.type = type; info.linkname = link; return info
    def zip(*entries):
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as z:
            for name, content in entries: z.writestr(name, content)

    """

  static let cases = [
    Case("text", "open(path, 'w').write('no archive')", "it is no archive, or a damaged or truncated one: Unrecognized archive format"),
    Case("empty", "open(path, 'w')", "it is no archive, or a damaged or truncated one: Unrecognized archive format"),
    Case("no manifest", "zip(DB)", "it has neither a manifest.json nor the earlier dashboard's bundle.json"),
    Case("absolute", "tar(manifest(DB, PT), DB, ('/etc/evil', b''))", "its entry '/etc/evil' has an absolute path"),
    Case(
      "parent", "zip(manifest(DB, PT), DB, ('checkpoints/../../evil', b''))", "its entry 'checkpoints/../../evil' leads out of the bundle"),
    Case("backslash", "tar(manifest(DB), DB, ('a\\\\\\\\..\\\\\\\\b', b''))", "its entry 'a\\..\\b' has a backslash in its name"),
    Case(
      "symbolic link", "tar(manifest(DB, PT), DB, kind('checkpoints/a.pt', tarfile.SYMTYPE, '/etc/passwd'))",
      "its entry 'checkpoints/a.pt' is a symbolic link; a bundle has plain files only"),
    Case(
      "hard link", "tar(manifest(DB, PT), DB, kind('checkpoints/a.pt', tarfile.LNKTYPE, 'runs.sqlite'))",
      "its entry 'checkpoints/a.pt' is a hard link; a bundle has plain files only"),
    Case(
      "device", "tar(manifest(DB, PT), DB, kind('checkpoints/a.pt', tarfile.CHRTYPE))",
      "its entry 'checkpoints/a.pt' is a special file; a bundle has plain files only"),
    Case("twice", "zip(manifest(DB, PT), DB, PT, PT)", "its entry 'checkpoints/a.pt' is there twice, or differs from another only in case"),
    Case(
      "case", "zip(manifest(DB, PT), DB, PT, ('Checkpoints/A.PT', b''))",
      "its entry 'Checkpoints/A.PT' is there twice, or differs from another only in case"),
    Case("newline", "tar(manifest(DB), DB, ('a\\\\nb', b''))", "its entry 'a\\u{a}b' has control characters in its name"),
    Case(
      "long", "tar(manifest(DB), DB, ('x' * 10240, b''))",
      "its entry '\(String(repeating: "x", count: 100))…' has a name of 10240 bytes, over the limit of 1024"),
    Case(
      "deep", "tar(manifest(DB), DB, ('/'.join('abcdefghijk'), b''))", "its entry 'a/b/c/d/e/f/g/h/i/j/k' lies deeper than 8 directories"),
    Case("stray", "zip(manifest(DB), DB, PT)", "its entry 'checkpoints/a.pt' is not in its manifest"),
    Case("missing", "zip(manifest(DB, PT), DB)", "its file 'checkpoints/a.pt' is missing"),
    Case("no database", "zip(manifest(PT), PT)", "its manifest does not list its database 'runs.sqlite'"),
    Case(
      "wrong hash", "zip(manifest(DB, PT), DB, (PT[0], b'thgiews'))",
      "its entry 'checkpoints/a.pt' has the SHA-256 81ce1b0aa0d91cb63fa2ea6df99b6d10a1cb7d7f1b4b4a1a4b6a7c5ce0d1ac0a instead of"),
    Case("too short", "zip(manifest(DB, PT), DB, (PT[0], b'w'))", "its entry 'checkpoints/a.pt' has 1 bytes instead of 7"),
    Case(
      "too long", "zip(manifest(DB, PT), DB, (PT[0], b'w' * 5000000))",
      "its entry 'checkpoints/a.pt' is larger than the 7 bytes of its manifest"),
    Case(
      "bomb that says so",
      "zip(manifest(DB, PT, files=[{'path': 'runs.sqlite', 'bytes': 1 << 60, 'sha256': '0' * 64, 'role': 'database'}]), DB)",
      "it says that its"),
    Case(
      "bomb before the manifest",
      "import gzip; tar(('a', b'0' * 300000000)); d = open(path, 'rb').read(); open(path, 'wb').write(gzip.compress(d, 9))",
      "it unpacks to more than 200 times its size"),
    Case("newer", "zip(manifest(DB, version=2), DB)", "its format is version 2 and this build knows up to 1: update Jackfield"),
    Case("other manifest", "zip(('manifest.json', b'{}'), DB)", "its manifest.json is not one of a bundle"),
    Case("broken manifest", "zip(('manifest.json', b'{'), DB)", "its manifest.json is not JSON"),
    Case("list for a manifest", "zip(('manifest.json', b'[]'), DB)", "its manifest.json is no JSON object"),
    Case(
      "path in the manifest", "zip(manifest(DB, ('../evil', b'')), DB)", "its file '../evil' leads out of the bundle"),
    Case(
      "place in the manifest", "zip(manifest(DB, ('runs.sqlite-journal', b'')), DB)",
      "its file 'runs.sqlite-journal' lies where no bundle has files of that kind"),
    Case(
      "twice in the manifest", "zip(manifest(DB, PT, ('checkpoints/A.pt', b'')), DB)",
      "its file 'checkpoints/A.pt' is named twice, or differs from another only in case"),
    Case(
      "checkpoint elsewhere", "zip(manifest(DB, checkpoints=[{'id': 1, 'file': '/etc/passwd'}]), DB)",
      "its manifest does not list '/etc/passwd', the file of a checkpoint"),
    Case(
      "odd parents", "zip(manifest(DB, runs=[{'name': 'r', 'absent_parents': ['a', 1]}]), DB)",
      "its manifest tells of parents that are no list of names, or of a run without a name"),
    Case(
      "old with absolute path",
      "zip(('bundle.json', json.dumps({'sqlite': 'runs.sqlite', 'checkpoints': {'r:1:2': '/etc/passwd'}}).encode()), DB)",
      "its file '/etc/passwd' has an absolute path"),
    Case(
      "old with parent",
      "zip(('bundle.json', json.dumps({'sqlite': 'runs.sqlite', 'final_models': {'s': 'final_models/../../x'}}).encode()), DB)",
      "its file 'final_models/../../x' leads out of the bundle"),
    Case(
      "truncated",
      "zip(manifest(DB, PT), DB, (PT[0], os.urandom(100000))); d = open(path, 'rb').read(); open(path, 'wb').write(d[:len(d) // 2])",
      "it is no archive, or a damaged or truncated one"),
    Case(
      "link in a directory",
      "os.mkdir(path); open(path + '/manifest.json', 'wb').write(manifest(DB)[1]); os.symlink('/etc/passwd', path + '/runs.sqlite')",
      "its entry 'runs.sqlite' is a symbolic link; a bundle has plain files only"),
    Case(
      "pipe in a directory", "os.mkdir(path); open(path + '/manifest.json', 'wb').write(manifest(DB)[1]); os.mkfifo(path + '/runs.sqlite')",
      "its entry 'runs.sqlite' is a special file; a bundle has plain files only"),
    Case("link for a bundle", "os.symlink('/etc', path)", "it is neither a directory nor a plain file"),
  ]

  @Test(arguments: cases)
  func isRefusedWithASentenceAndLeavesNothing(_ hostile: Case) async throws {
    let bench = try await ExportHarness()
    let places = try await bench.bundles()
    let asked = bench.imported.count
    let path = bench.directory + "/evil"
    try await run(Self.prelude + hostile.script.replacing("\\\\", with: "\\"), path)
    let error = await #expect(throws: PluginFailure.self) { try await bench.ask("export.import", ["path": .string(path)]) }
    let message = error?.message ?? ""
    let expected =
      "cannot use the bundle '\(path)': "
      + (hostile.name == "wrong hash" ? "its entry 'checkpoints/a.pt' has the SHA-256 " : hostile.message)
    #expect(message.hasPrefix(expected), "\(message)")
    #expect(bench.imported.count == asked)
    #expect(try FileManager.default.contentsOfDirectory(atPath: places).count == 1)
    await bench.close()
  }

  @Test func namesThatAreSafe() {
    for name in ["runs.sqlite", "checkpoints/läuft-1.pt", "a/b/c", "..a", "a..b/c"] {
      #expect(BundlePath.objection(to: name) == nil, "\(name)")
    }
    for name in ["", "/a", "../a", "a/..", "a//b", "a/./b", "a/", "a\0b", "a\u{202e}b", "a\\b"] {
      #expect(BundlePath.objection(to: name) != nil, "\(name)")
    }
  }

  @Test(arguments: [
    ("my run/ü 1", "my-run-1"), ("..", "run"), ("", "run"), ("-a-", "a"),
    (String(repeating: "a", count: 100), String(repeating: "a", count: 60)),
    ("a\0b", "a-b"),
  ])
  func namesOfRunsBecomeNamesOfFiles(_ run: String, _ name: String) { #expect(BundlePath.slug(run) == name) }
}
