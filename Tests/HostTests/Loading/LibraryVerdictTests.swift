// SPDX-License-Identifier: Apache-2.0
// What is said of libraries that the loader would trip over, or that are no plugins.
import FoundationEssentials
import Glibc
import Testing

@testable import Host

@Suite struct LibraryVerdictTests {
  private let directory = PluginDirectory()

  /// The verdict on a sound library with some bytes changed.
  private func outcome(patching patches: [Int: UInt8]) throws -> (path: String, message: String?) {
    var bytes = try PluginDirectory.bytes(FixturePlugin.library("probe.c"))
    for (offset, byte) in patches { bytes[offset] = byte }
    let path = try directory.write("libPatched.so", bytes)
    return (path, verdict(on: path))
  }

  // Offsets and values: System V ABI, chapter 4 (e_ident[4], e_type, e_machine).
  @Test(arguments: [
    ([0: UInt8(0x7E)], "it is not an ELF file; put the plugin's shared library there"),
    ([4: 1], "it is not for a 64-bit little-endian machine; build it for \(ELFFault.hostMachineName)"),
    ([5: 2], "it is not for a 64-bit little-endian machine; build it for \(ELFFault.hostMachineName)"),
    ([18: 21], "it is for ppc64, this machine is \(ELFFault.hostMachineName); build it for \(ELFFault.hostMachineName)"),
    ([18: 99], "it is for machine 99, this machine is \(ELFFault.hostMachineName); build it for \(ELFFault.hostMachineName)"),
    ([16: 2], "it is not a shared library; link it with '-shared'"),
    ([16: 1], "it is not a shared library; link it with '-shared'"),
    ([39: 0x40], "it is damaged: the program headers lie outside of the file; build or copy it again"),
  ])
  func patchedHeader(patches: [Int: UInt8], cause: String) throws {
    let (path, message) = try outcome(patching: patches)
    #expect(message == "cannot load '\(path)': \(cause)")
  }

  @Test func emptyFile() throws {
    let path = try directory.write("libEmpty.so", "")
    #expect(verdict(on: path) == "cannot load '\(path)': it is empty; build or copy it again")
  }

  @Test(arguments: ["#!/bin/sh\n", "ELF", "\u{7F}EL"])
  func otherFile(text: String) throws {
    let path = try directory.write("libText.so", text)
    #expect(verdict(on: path) == "cannot load '\(path)': it is not an ELF file; put the plugin's shared library there")
  }

  @Test func fileThatIsCutOff() throws {
    let bytes = try PluginDirectory.bytes(FixturePlugin.library("probe.c"))
    for length in Array(4..<600) + Array(stride(from: 600, to: bytes.count - 5_000, by: 97)) {
      let path = try directory.write("libCut.so", bytes.prefix(length))
      let message = try #require(verdict(on: path), "of \(length) bytes")
      #expect(message.hasPrefix("cannot load '\(path)': it is damaged: ") && message.hasSuffix("; build or copy it again"))
    }
  }

  @Test(arguments: [2, 3, 17])
  func entryOfAnotherMajor(major: Int) throws {
    let path = try directory.compile("libHealth.so", "void *jf_plugin_entry_\(major)(void) { return 0; }")
    #expect(
      verdict(on: path)
        == "cannot load '\(path)': built for plugin ABI \(major), this host speaks 1; rebuild it against this host's PluginSDK, or update the host"
    )
  }

  @Test func entriesOfTwoMajorsWillDo() throws {
    let path = try directory.compile(
      "libBoth.so", "void *jf_plugin_entry_1(void) { return 0; } void *jf_plugin_entry_2(void) { return 0; }")
    #expect(verdict(on: path) == nil)
  }

  @Test(arguments: [[], ["-Wl,--hash-style=sysv"]])
  func noEntry(options: [String]) throws {
    let path = try directory.compile(
      "libOther.so", "int other(void) { return 0; } static int jf_plugin_entry_1(void) { return 1; }", options)
    #expect(
      verdict(on: path)
        == "cannot load '\(path)': it has no function 'jf_plugin_entry_1'; define and export it as jackfield/plugin.h says, or remove the file if it is no plugin"
    )
  }

  @Test func entryThatIsNoFunction() throws {
    let path = try directory.compile("libData.so", "int jf_plugin_entry_1 = 1;")
    #expect(
      verdict(on: path) == "cannot load '\(path)': its 'jf_plugin_entry_1' is not a function; define it as jackfield/plugin.h declares it")
  }

  @Test func executableStack() throws {
    let path = try directory.compile("libStack.so", "void *jf_plugin_entry_1(void) { return 0; }", ["-Wl,-z,execstack"])
    #expect(verdict(on: path) == "cannot load '\(path)': it asks for an executable stack; link it with '-z noexecstack'")
  }

  @Test func textRelocations() throws {
    let path = try directory.compile(
      "libText.so", "extern int environ; void *jf_plugin_entry_1(void) { return &environ; }",
      ["-fno-pic", "-mcmodel=large", "-Wl,-z,notext"])
    #expect(
      verdict(on: path)
        == "cannot load '\(path)': its code would have to be made writable to load it (text relocations); compile it with '-fPIC'")
  }

  @Test func program() throws {
    let path = try directory.compile("program", "int main(void) { return 0; }", ["-pie"])
    #expect(verdict(on: path) == "cannot load '\(path)': it is not a shared library; link it with '-shared'")
  }

  private let plugin = "extern int lacking_a(void), lacking_b(void), lacking_c(void), lacking_d(void); "

  @Test func missingSymbol() throws {
    let path = try directory.compile("libOne.so", plugin + "void *jf_plugin_entry_1(void) { lacking_a(); return 0; }")
    #expect(
      verdict(on: path)
        == "cannot load '\(path)': no library it needs has the symbol 'lacking_a'; link it with the library that has, or correct the name")
  }

  @Test func missingSymbols() throws {
    let path = try directory.compile(
      "libFour.so", plugin + "void *jf_plugin_entry_1(void) { lacking_a(); lacking_b(); lacking_c(); lacking_d(); return 0; }")
    let message = try #require(verdict(on: path))
    #expect(message.hasPrefix("cannot load '\(path)': no library it needs has the symbols 'lacking_"))
    #expect(message.hasSuffix(" and 1 more; link it with the library that has, or correct the name"))
  }

  @Test func weakSymbolMayBeMissing() throws {
    let path = try directory.compile(
      "libWeak.so", "extern int lacking(void) __attribute__((weak)); void *jf_plugin_entry_1(void) { return lacking ? (void *)1 : 0; }")
    #expect(verdict(on: path) == nil)
  }

  @Test func symbolOfANeededLibrary() throws {
    try directory.compile("libneighbour.so", "int lacking_a(void) { return 1; }")
    let path = try directory.compile(
      "libOne.so", plugin + "void *jf_plugin_entry_1(void) { lacking_a(); return 0; }",
      ["-L\(directory.path)", "-lneighbour", "-Wl,-rpath,$ORIGIN"])
    #expect(verdict(on: path) == nil)
  }

  @Test func neighbourThatOthersMayWrite() throws {
    let neighbour = try directory.compile("libneighbour.so", "int lacking_a(void) { return 1; }")
    let path = try directory.compile(
      "libOne.so", plugin + "void *jf_plugin_entry_1(void) { lacking_a(); return 0; }",
      ["-L\(directory.path)", "-lneighbour", "-Wl,-rpath,$ORIGIN"])
    chmod(neighbour, 0o666)
    #expect(
      verdict(on: path)
        == "cannot load '\(path)': it needs '\(neighbour)': it can be changed by group or others (mode 0666); take that away: chmod go-w '\(neighbour)'"
    )
  }

  @Test func missingLibrary() throws {
    let neighbour = try directory.compile("libneighbour.so", "int lacking_a(void) { return 1; }")
    let path = try directory.compile(
      "libOne.so", plugin + "void *jf_plugin_entry_1(void) { lacking_a(); return 0; }",
      ["-L\(directory.path)", "-lneighbour", "-Wl,-rpath,$ORIGIN"])
    try FileManager.default.removeItem(atPath: neighbour)
    #expect(
      verdict(on: path)
        == "cannot load '\(path)': it needs 'libneighbour.so', which is not on this system; install it, or put it beside the plugin and link with '-rpath $ORIGIN'"
    )
  }

  @Test func libraryMissingBehindAnother() throws {
    let far = try directory.compile("libfar.so", "int lacking_b(void) { return 1; }")
    let near = try directory.compile(
      "libnear.so", plugin + "int lacking_a(void) { return lacking_b(); }", ["-L\(directory.path)", "-lfar", "-Wl,-rpath,$ORIGIN"])
    let path = try directory.compile(
      "libOne.so", plugin + "void *jf_plugin_entry_1(void) { lacking_a(); return 0; }",
      ["-L\(directory.path)", "-lnear", "-Wl,-rpath,$ORIGIN"])
    #expect(verdict(on: path) == nil)
    try FileManager.default.removeItem(atPath: far)
    #expect(
      verdict(on: path)
        == "cannot load '\(path)': it needs 'libfar.so' (through '\(near)'), which is not on this system; install it, or put it beside the plugin and link with '-rpath $ORIGIN'"
    )
  }

  @Test func olderVersionOfALibrary() throws {
    let script = try directory.write("versions", "V_2 { global: lacking_a; };")
    let old = try directory.write("old-versions", "V_1 { global: lacking_a; };")
    try directory.compile("libversioned.so", "int lacking_a(void) { return 1; }", ["-Wl,--version-script=\(script)"])
    let path = try directory.compile(
      "libOne.so", plugin + "void *jf_plugin_entry_1(void) { lacking_a(); return 0; }",
      ["-L\(directory.path)", "-lversioned", "-Wl,-rpath,$ORIGIN"])
    #expect(verdict(on: path) == nil)
    let library = try directory.compile("libversioned.so", "int lacking_a(void) { return 1; }", ["-Wl,--version-script=\(old)"])
    #expect(
      verdict(on: path)
        == "cannot load '\(path)': it needs 'libversioned.so' of version 'V_2', and '\(library)' is an older one; build it on this system, or update the system"
    )
  }

  /// Real objects of other people: glibc's character set converters, each a shared library without our entry.
  @Test func foreignLibraries() throws {
    let place = "/usr/lib/x86_64-linux-gnu/gconv"
    let names = (try? FileManager.default.contentsOfDirectory(atPath: place))?.filter { $0.hasSuffix(".so") }.sorted() ?? []
    let judge = PluginJudge()
    for name in names {
      let path = "\(place)/\(name)"
      #expect(
        judge.refusals(library: path, in: place).map(\.message) == [
          "cannot load '\(path)': it has no function 'jf_plugin_entry_1'; define and export it as jackfield/plugin.h says, or remove the file if it is no plugin"
        ])
    }
  }
}
