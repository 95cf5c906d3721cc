// SPDX-License-Identifier: Apache-2.0
// Seeded changes of sound files: whatever comes in, there is an answer and no trap.
import Testing

@testable import Host

@Suite struct HostileFilesTests {
  private let directory = PluginDirectory()

  /// SplitMix64 (Steele, Lea, Flood 2014): the same numbers on every run.
  private struct Numbers: RandomNumberGenerator {
    var state: UInt64
    mutating func next() -> UInt64 {
      state &+= 0x9E37_79B9_7F4A_7C15
      var z = state
      z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
      z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
      return z ^ (z >> 31)
    }
  }

  private static let extremes: [UInt8] = [0x00, 0x01, 0x7F, 0x80, 0xFF]

  private func change(_ bytes: inout [UInt8], within range: Range<Int>, _ numbers: inout Numbers) {
    for _ in 0..<Int.random(in: 1...6, using: &numbers) {
      let at = Int.random(in: range, using: &numbers)
      bytes[at] = Bool.random(using: &numbers) ? Self.extremes.randomElement(using: &numbers)! : .random(in: 0...255, using: &numbers)
    }
  }

  @Test func changedLibraries() throws {
    let source = PluginDiscoveryTests.source(note: PluginDirectory.manifest("single"))
    let path = try directory.compile("libSound.so", source)
    let sound = try PluginDirectory.bytes(path)
    let image = try ELFImage(PlainFile(path))
    // The tables are where a change tells; code and padding are most of the file.
    let tables = try #require(image.segments.first { $0.type == ELFImage.dynamic })
    let ranges = [
      0..<64, 64..<(64 + 56 * image.segments.count), 0x200..<0x600, tables.offset..<(tables.offset + tables.fileSize), 0..<sound.count,
    ]
    var numbers = Numbers(state: 47_621)
    let locator = SharedLibraryLocator()
    for _ in 0..<1_500 {
      var bytes = sound
      change(&bytes, within: ranges.randomElement(using: &numbers)!, &numbers)
      let changed = try directory.write("libChanged.so", bytes)
      guard let image = try? ELFImage(PlainFile(changed)) else { continue }
      _ = image.embeddedManifest()
      guard let library = try? SharedLibrary(image) else { continue }
      _ = library.symbols.definition(of: ArraySlice("jf_plugin_entry_1".utf8))
      _ = library.versions
      try? library.symbols.forEach { _ in }
      var files = FileJudge()
      var closure = LibraryClosure(of: library, locator: locator)
      if (try? closure.gather(&files)) != nil {
        try? closure.checkVersions()
        try? closure.checkSymbols()
      }
    }
  }

  @Test func changedManifests() throws {
    let sound = Array(
      PluginDirectory.manifest(
        "store",
        #"""
        "namespaces": ["runs"], "commands": [{"name": "runs.list", "input": {"a": [1, {"b": null}]}, "deadlineMs": 5}],
        "subscribes": [{"topic": "trainer.*", "queue": 4096, "overflow": "block"}], "publishes": ["runs.changed"],
        "activation": ["onStart"], "requires": {"trainer": ">=0.1 <2"}, "after": ["trainer"]
        """#
      ).utf8)
    var numbers = Numbers(state: 1)
    let letters = Array("{}[]\":,\\ \n0a-.*\u{0}".utf8)
    var read = 0
    for _ in 0..<1_500 {
      var bytes = sound
      for _ in 0..<Int.random(in: 1...3, using: &numbers) {
        let at = Int.random(in: bytes.indices, using: &numbers)
        switch Int.random(in: 0...2, using: &numbers) {
        case 0: bytes[at] = letters.randomElement(using: &numbers)!
        case 1: bytes.remove(at: at)
        default: bytes.insert(contentsOf: bytes[at..<min(at + 9, bytes.count)], at: at)
        }
      }
      let parser = ManifestParser(bytes, path: "/p/plugin.json")
      let manifest = parser.parse()
      #expect((manifest == nil) != parser.faults.refusals.isEmpty)
      if manifest != nil { read += 1 }
    }
    #expect(read > 0)
  }

  @Test func changedLibraryCaches() throws {
    var bytes = Array("glibc-ld.so.cache1.1".utf8) + [UInt8](repeating: 0, count: 28)
    bytes[20] = 1  // one entry
    let names = bytes.count + 24
    bytes += [3, 3, 0, 0, UInt8(names), 0, 0, 0, UInt8(names + 8), 0, 0, 0] + [UInt8](repeating: 0, count: 12)
    bytes += Array("libx.so\0/lib/libx.so\0".utf8)
    #expect(LibraryCache(bytes)["libx.so"] == ["/lib/libx.so"])
    for length in bytes.indices { _ = LibraryCache(Array(bytes.prefix(length))) }
    var numbers = Numbers(state: 2)
    for _ in 0..<1_000 {
      var changed = bytes
      change(&changed, within: 0..<bytes.count, &numbers)
      _ = LibraryCache(changed)
    }
  }
}
