// SPDX-License-Identifier: Apache-2.0
import Testing

@testable import Host

/// The real libraries of this system and of this process.
@Suite struct SystemLibrariesTests {
  @Test func loadedLibrariesAreKnown() {
    let names = LoadedLibraries.paths().map(\.fileName)
    #expect(names.first == "exe" && names.contains("libc.so.6") && names.contains("libswiftCore.so"))
  }

  @Test func libcIsReadAndOffersWhatItMust() throws {
    let path = try #require(LoadedLibraries.paths().first { $0.fileName == "libc.so.6" })
    let libc = try SharedLibrary(path)
    #expect(libc.dynamic.name == "libc.so.6" && libc.dynamic.needed.contains { $0.hasPrefix("ld-linux") })
    #expect(libc.symbols.definition(of: ArraySlice("malloc".utf8))?.isFunction == true)
    #expect(libc.symbols.definition(of: ArraySlice("no_such_function".utf8)) == nil)
    #expect(libc.versions?.contains("GLIBC_2.34") == true)
    #expect(libc.symbols.count > 2_000 && !libc.image.wantsExecutableStack)
  }

  /// The hash table finds each symbol that a walk over all of them finds.
  @Test func hashTableAgreesWithTheTable() throws {
    let path = try #require(LoadedLibraries.paths().first { $0.fileName == "libc.so.6" })
    let libc = try SharedLibrary(path)
    var names: [ArraySlice<UInt8>] = []
    try libc.symbols.forEach { if $0.isDefined { names.append($0.name) } }
    #expect(names.count > 2_000 && names.allSatisfy { libc.symbols.definition(of: $0) != nil })
  }

  @Test func cacheKnowsTheSystemsLibraries() {
    #expect(LibraryCache()["libc.so.6"].contains { $0.hasSuffix("/libc.so.6") })
    #expect(LibraryCache(path: "/none")["libc.so.6"] == [])
  }

  /// Foundation's ten megabytes take milliseconds; the limit allows for an unoptimized build on a busy machine.
  @Test func largeLibraryIsJudgedQuickly() throws {
    let path = try #require(LoadedLibraries.paths().first { $0.fileName == "libswiftCore.so" })
    let clock = ContinuousClock()
    let time = try clock.measure {
      let library = try SharedLibrary(path)
      #expect(library.symbols.definition(of: ArraySlice("swift_retain".utf8)) != nil)
    }
    #expect(time < .milliseconds(500))
  }
}
