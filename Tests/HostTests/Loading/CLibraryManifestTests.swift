// SPDX-License-Identifier: Apache-2.0
import FoundationEssentials
import Glibc
import JSON
import Testing

@testable import Host
import PluginBridge

@Suite struct CLibraryManifestTests {
  private let directory = PluginDirectory()

  private static func manifest(
    library: String = #""library": "libx.so""#, symbol: String = "f", extra: String = "", command: String = ""
  ) -> String {
    """
    {"schema": 1, "kind": "c-library", "id": "x", "version": "1.0.0", \(library), "namespaces": ["x"]\(extra),
     "commands": [{"name": "x.f", "signature": {"symbol": "\(symbol)", "returns": "i32", "args": [{"name": "v", "type": "i32"}]}\(command)}]}
    """
  }

  @discardableResult
  private func plugin(_ text: String) throws -> String {
    try directory.write("x/plugin.json", text)
    return "\(directory.path)/x"
  }

  /// What the survey and `plugins check` say, which must be the same; nil when it may be loaded.
  private func said(_ path: String) throws -> String? {
    let found = try #require(PluginDiscovery.plugin(at: path))
    var refusal: String?
    do throws(Refusal) { try PluginJudge().judge(found) } catch { refusal = error.message }
    #expect(PluginInspection.inspect(path).first?.description == refusal)
    return refusal
  }

  private func faults(_ text: String) -> [String] {
    let parser = ManifestParser(Array(text.utf8), path: "/p/plugin.json")
    _ = parser.parse()
    return parser.faults.refusals.map { String($0.message.dropFirst("cannot load '/p/plugin.json': ".count)) }
  }

  // MARK: The manifest

  @Test func schemasAndModeFollow() throws {
    let manifest = try Manifest(parsing: Array(Self.manifest().utf8), path: "/p/plugin.json")
    #expect(manifest.kind == .cLibrary && manifest.library == nil)
    #expect(manifest.commands[0].input?["required"] == ["v"] && manifest.commands[0].output?["required"] == ["result"])
    let other = try Manifest(parsing: Array(PluginDirectory.manifest("y").utf8), path: "/p/plugin.json")
    #expect(other.kind == .plugin && other.cInterface == nil)
  }

  @Test func itsOwnSchemaStays() throws {
    let own = #", "input": {"type": "object", "properties": {"v": {"type": "integer", "description": "mine"}}}"#
    let manifest = try Manifest(parsing: Array(Self.manifest(command: own).utf8), path: "/p/plugin.json")
    #expect(manifest.commands[0].input?["properties"]?["v"]?["description"] == "mine")
  }

  @Test func faultsHaveTheirPlaceAndLine() {
    #expect(
      faults(Self.manifest().replacing(#""returns": "i32""#, with: #""returns": "int""#))
        == ["'commands[0].signature.returns' (line 2) is 'int'; write 'i32'"])
    #expect(
      faults(Self.manifest().replacing("c-library", with: "d-library")).first
        == "'kind' (line 1) is 'd-library'; write 'plugin' or 'c-library'")
  }

  @Test func whatACLibraryCannotDoIsRefused() {
    #expect(
      faults(Self.manifest(extra: #", "publishes": ["x.y"]"#, command: #", "inline": true"#)) == [
        "unknown key 'publishes' (line 1); remove it", "unknown key 'commands[0].inline' (line 2); remove it",
      ])
    let signature = PluginDirectory.manifest("x", #""namespaces": ["x"], "commands": [{"name": "x.f", "signature": {}}]"#)
    #expect(faults(signature) == ["unknown key 'commands[0].signature' (line 1); remove it"])
  }

  @Test func itIsNoNote() {
    let parser = ManifestParser(Array(Self.manifest().utf8), path: "/p/libx.so", origin: .note)
    #expect(parser.parse() == nil)
    #expect(
      parser.foremost?.message == "cannot load '/p/libx.so': 'kind' (line 1) is 'c-library', which a note cannot be; write a plugin.json")
  }

  // MARK: The library

  @Test func aSoundLibraryBesideThePluginIsLetIn() throws {
    let path = try plugin(Self.manifest())
    let library = try directory.compile("x/libx.so", "int f(int v) { return v; }")
    #expect(try said(path) == nil)
    #expect(PluginDiscovery.plugin(at: path)?.libraryPath == library)
  }

  @Test func aSystemLibraryIsFoundByItsName() throws {
    let path = try plugin(Self.manifest(library: #""library": "libz.so.1""#, symbol: "zlibCompileFlags"))
    #expect(try said(path) == nil)
    #expect(PluginDiscovery.plugin(at: path)?.libraryPath?.hasSuffix("/libz.so.1") == true)
  }

  @Test func aFunctionMustBeThereAndBeOne() throws {
    let path = try plugin(Self.manifest())
    let library = try directory.compile("x/libx.so", "int g(int v) { return v; }")
    #expect(
      try said(path) == "cannot load '\(library)': it has no 'f', which 'x.f' calls; 'nm -D' lists what it has: correct the signature")
    try directory.compile("x/libx.so", "int f = 7;")
    #expect(try said(path) == "cannot load '\(library)': its 'f', which 'x.f' calls, is data and no function; correct the signature")
    try directory.compile("x/libx.so", "static int f(int v) { return v; } int g(int v) { return f(v); }")
    #expect(try said(path)?.contains("it has no 'f'") == true)
  }

  @Test func whatFreesMayBeInALibraryThatIsNeeded() throws {
    let path = try plugin(Self.manifest(extra: #", "handles": {"a": {"free": "free"}}"#))
    let library = try directory.compile("x/libx.so", "int puts(const char *); int f(int v) { return puts(\"\") + v; }")
    #expect(try said(path) == nil)
    try plugin(Self.manifest(extra: #", "handles": {"a": {"free": "a_free"}}"#))
    #expect(
      try said(path)
        == "cannot load '\(library)': it has no 'a_free', which the handle 'a' calls; 'nm -D' lists what it has: correct the signature")
  }

  @Test func filesThatAreNoLibraryOrNotToBeTrusted() throws {
    let path = try plugin(Self.manifest())
    let library = "\(path)/libx.so"
    #expect(
      try said(path)
        == "cannot load '\(library)': there is no such file beside plugin.json, and the system's loader knows none of that name; install the library, or correct 'library'"
    )
    try directory.write("x/libx.so", "#!/bin/sh\n")
    #expect(try said(path) == "cannot load '\(library)': it is not an ELF file; put the plugin's shared library there")
    try directory.compile("x/libx.so", "int f(int v) { return v; }", ["-Wl,-z,execstack"])
    #expect(try said(path) == "cannot load '\(library)': it asks for an executable stack; link it with '-z noexecstack'")
    try directory.compile("x/libx.so", "int f(int v) { return v; }")
    chmod(library, 0o666)
    #expect(
      try said(path)
        == "cannot load '\(library)': it can be changed by group or others (mode 0666); take that away: chmod go-w '\(library)'")
  }

  @Test func aLibraryElsewhereMustBeTrustedToo() throws {
    let library = try directory.compile("elsewhere/libx.so", "int f(int v) { return v; }")
    let path = try plugin(Self.manifest(library: #""library": "\#(library)""#))
    #expect(try said(path) == nil)
    chmod(library, 0o646)
    #expect(try said(path)?.contains("can be changed by group or others") == true)
    unlink(library)
    #expect(try said(path)?.hasPrefix("cannot load '\(library)': there is no such file") == true)
  }

  @Test func whatItNeedsMustBeThere() throws {
    let path = try plugin(Self.manifest())
    let library = try directory.compile("x/libx.so", "int lacking(int); int f(int v) { return lacking(v); }")
    #expect(
      try said(path)
        == "cannot load '\(library)': no library it needs has the symbol 'lacking'; link it with the library that has, or correct the name")
  }

  @Test func aDirectoryOfLibrariesIsJudgedAsOne() throws {
    let libraries = "\(directory.path)/many"
    let path = try plugin(Self.manifest(library: #""libraries": {"directory": "\#(libraries)", "argument": "which"}"#))
    #expect(try said(path)?.hasPrefix("cannot load '\(libraries)': there is no such file") == true)
    try directory.write("many/readme.txt", "nothing")
    #expect(try said(path)?.hasPrefix("cannot load '\(libraries)': it has no file that ends in '.so'") == true)
    try directory.compile("many/one.so", "int f(int v) { return v; }")
    #expect(try said(path) == nil)
    chmod(libraries, 0o777)
    #expect(try said(path)?.contains("can be changed by group or others") == true)
    let file = try directory.write("file", "x")
    try plugin(Self.manifest(library: #""libraries": {"directory": "\#(file)", "argument": "which"}"#))
    #expect(try said(path) == "cannot load '\(file)': it is no directory; correct the path")
  }

  // MARK: The adapter

  @Test func theAdapterIsLookedForBelowThePrefixAndBesideTheProgram() throws {
    try directory.write("bin/jackfield", "")
    let program = "\(directory.path)/bin/jackfield"
    let (below, beside) = ("\(directory.path)/lib/jackfield/libCLibrary.so", "\(directory.path)/bin/libCLibrary.so")
    let refusal = #expect(throws: Refusal.self) { try CLibraryAdapter.path(program: program) }
    #expect(
      refusal?.message
        == "cannot load '\(below)': the adapter for C libraries is neither there nor at '\(beside)'; install the whole of jackfield, or disable the plugin"
    )
    try directory.write("bin/libCLibrary.so", "")
    #expect(try CLibraryAdapter.path(program: program) == beside)
    try directory.write("lib/jackfield/libCLibrary.so", "")
    #expect(try CLibraryAdapter.path(program: program) == below)
  }

  @Test func theSurveyHandsTheManifestToTheAdapter() throws {
    let path = try plugin(
      Self.manifest(extra: #", "config": {"schema": {"type": "object", "properties": {"level": {"type": "integer", "default": 3}}}}"#))
    try directory.compile("x/libx.so", "int f(int v) { return v; }")
    let home = "\(directory.path)/home"
    let survey = PluginSurvey(directories: Directories(environment: [:], home: home, plugins: [directory.path]), environment: [:])
    guard case .accepted(let blueprint)? = survey.candidates(Configuration()).first?.verdict else { throw Missing() }
    #expect(blueprint.mode == .process)
    #expect(blueprint.terms.isAdapter && blueprint.terms.libraryPath.hasSuffix("/libCLibrary.so") && blueprint.terms.id == "x")
    let handed = try JSONValue(parsing: blueprint.terms.configuration)
    #expect(
      handed["library"]?.stringValue?.hasSuffix("/libx.so") == true && handed["settings"] == ["level": 3]
        && handed["manifest"]?["id"] == "x")
    #expect(blueprint.terms.directories.library == path)
  }

  private struct Missing: Error {}
}
