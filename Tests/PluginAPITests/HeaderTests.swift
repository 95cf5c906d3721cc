// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

@Suite struct HeaderTests {
  private static let include = root.appending(path: "Sources/PluginAPI/include")

  /// Every header by its path below the include directory.
  private static let headers: [String] = {
    let found = FileManager.default.enumerator(atPath: include.path())?.compactMap { $0 as? String } ?? []
    return found.filter { $0.hasSuffix(".h") }.sorted()
  }()

  struct Language: Sendable, CustomTestStringConvertible {
    let compiler: String
    let standard: String
    let kind: String
    var testDescription: String { "\(compiler) \(standard)" }
  }

  private static let languages = [
    Language(compiler: "gcc", standard: "c99", kind: "c"), Language(compiler: "clang", standard: "c99", kind: "c"),
    Language(compiler: "g++", standard: "c++17", kind: "c++"), Language(compiler: "clang++", standard: "c++17", kind: "c++"),
  ].filter { find($0.compiler) != nil }

  @Test func someCompilerIsThere() {
    #expect(Self.languages.contains { $0.kind == "c" } && Self.languages.contains { $0.kind == "c++" })
    #expect(Self.headers.count >= 8)
  }

  @Test(arguments: headers, languages)
  func headerStandsAlone(header: String, language: Language) throws {
    let compiler = try #require(find(language.compiler))
    let result = try run(
      compiler,
      [
        "-std=\(language.standard)", "-Wall", "-Wextra", "-Wconversion", "-pedantic", "-Werror", "-fsyntax-only", "-I", Self.include.path(),
        "-include", header, "-include", header, "-x", language.kind, "/dev/null",
      ])
    #expect(result.status == 0, "\(result.output)")
  }

  @Test func umbrellaIncludesEveryReleasedHeader() throws {
    let umbrella = try String(contentsOf: Self.include.appending(path: "jackfield.h"), encoding: .utf8)
    let released = Self.headers.filter { $0 != "jackfield.h" && !$0.contains("draft/") }
    #expect(released.filter { !umbrella.contains("\"\($0)\"") } == [])
  }

  /// A plugin in C, whole: the contract must be enough for it.
  @Test(arguments: languages)
  func pluginInCIsBuiltAndShowsOneSymbol(language: Language) throws {
    let directory = FileManager.default.temporaryDirectory.appending(path: "plugin-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: directory) }
    let source = directory.appending(path: "plugin.\(language.kind == "c" ? "c" : "cc")")
    try Data(Self.plugin.utf8).write(to: source)
    let library = directory.appending(path: "libplugin.so").path()
    let result = try run(
      try #require(find(language.compiler)),
      [
        "-std=\(language.standard)", "-Wall", "-Wextra", "-pedantic", "-Werror", "-shared", "-fPIC", "-fvisibility=hidden",
        "-I", Self.include.path(), "-o", library, source.path(),
      ])
    #expect(result.status == 0, "\(result.output)")
    guard let nm = find("nm") else { return }
    let symbols = try run(nm, ["-D", "--extern-only", "--defined-only", library]).output
    // Names with an underscore in front are the linker's own.
    let names = symbols.split(separator: "\n").compactMap { $0.split(separator: " ").last }.filter { !$0.hasPrefix("_") }
    #expect(names == ["jf_plugin_entry_1"])
  }

  private static let plugin = """
    #include "jackfield.h"
    static jf_status create(const jf_host *host, jf_instance *instance, jf_bytes config, void **self) {
      (void)host; (void)config;
      *self = instance;
      return JF_OK;
    }
    static jf_status start(void *self) { (void)self; return JF_OK; }
    static jf_status invoke(void *self, const jf_request *request) { (void)self; (void)request; return JF_E_NOT_FOUND; }
    static jf_status event(void *self, const jf_event *event) { (void)self; (void)event; return JF_OK; }
    static jf_status stop(void *self, uint64_t deadline_ns) { (void)self; (void)deadline_ns; return JF_OK; }
    static void destroy(void *self) { (void)self; }
    static const jf_plugin table = {
      sizeof(jf_plugin), JF_ABI_MAJOR, JF_ABI_MINOR, 0, 0, JF_TEXT("c"), JF_TEXT("1.0.0"),
      create, start, invoke, event, stop, destroy, 0
    };
    const jf_plugin *jf_plugin_entry_1(void) { return &table; }
    """
}
