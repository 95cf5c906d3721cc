// SPDX-License-Identifier: Apache-2.0
import FoundationEssentials
import JSON
import PluginTestKit
import Testing

/// The system's zlib by the manifest of the example, against published values.
@Suite struct ZlibTests {
  private static func zlib() async throws -> CLibraryHarness { try await CLibraryHarness("libz.so.1", exampleManifest("zlib")) }

  private static func base64(_ text: String) -> String { Data(text.utf8).base64EncodedString() }

  /// CRC-32 of "123456789": the check value of the CRC catalogue. Adler-32 of "Wikipedia": the worked example of its article.
  @Test(arguments: [
    ("zlib.crc32", "123456789", #"{"crc":3421780262}"#), ("zlib.crc32", "", #"{"crc":0}"#),
    ("zlib.crc32", "The quick brown fox jumps over the lazy dog", #"{"crc":1095738169}"#),
    ("zlib.adler32", "Wikipedia", #"{"adler":300286872}"#), ("zlib.adler32", "", #"{"adler":1}"#),
  ])
  func checksums(command: String, text: String, answer: String) async throws {
    let zlib = try await Self.zlib()
    #expect(try await zlib.text(command, #"{"buf":"\#(Self.base64(text))"}"#) == answer)
    await zlib.close()
  }

  @Test func checksumsGoOnAndCombine() async throws {
    let zlib = try await Self.zlib()
    let first = try await zlib.ask("zlib.crc32", ["buf": .string(Self.base64("12345"))])["crc"]?.intValue ?? 0
    let second = try await zlib.ask("zlib.crc32", ["buf": .string(Self.base64("6789"))])["crc"]?.intValue ?? 0
    #expect(
      try await zlib.text("zlib.crc32", #"{"buf":"\#(Self.base64("6789"))","crc":\#(first)}"#) == #"{"crc":3421780262}"#)
    #expect(
      try await zlib.text("zlib.crc32_combine", #"{"first":\#(first),"second":\#(second),"length":4}"#) == #"{"crc":3421780262}"#)
    await zlib.close()
  }

  /// RFC 1950: two bytes that are a multiple of 31 with method 8 (deflate) and a window of 32 KiB, and the Adler-32 at the end.
  @Test func compressedDataAreThoseOfTheRFC() async throws {
    let zlib = try await Self.zlib()
    let answer = try await zlib.ask("zlib.compress", ["source": .string(Self.base64("Wikipedia")), "level": 9])
    let bytes = [UInt8](try #require(answer["data"]?.stringValue.flatMap { Data(base64Encoded: $0) }))
    #expect(bytes[0] == 0x78 && (Int(bytes[0]) << 8 + Int(bytes[1])) % 31 == 0 && bytes.suffix(4) == [0x11, 0xE6, 0x03, 0x98])
    // Level 0 stores: a block of RFC 1951, section 3.2.4, written out by hand.
    let stored = try await zlib.ask("zlib.compress", ["source": .string(Self.base64("a")), "level": 0])
    #expect(
      stored["data"]?.stringValue.flatMap { Data(base64Encoded: $0) }.map { [UInt8]($0) }
        == [0x78, 0x01, 0x01, 0x01, 0x00, 0xFE, 0xFF, 0x61, 0x00, 0x62, 0x00, 0x62])
    await zlib.close()
  }

  @Test func whatIsCompressedComesBack() async throws {
    let zlib = try await Self.zlib()
    let text = String(repeating: "all work and no play ", count: 10_000)
    let small = try #require(try await zlib.ask("zlib.compress", ["source": .string(Self.base64(text))])["data"]?.stringValue)
    #expect(small.utf8.count < 2_000)
    #expect(try await zlib.ask("zlib.uncompress", ["source": .string(small)])["data"]?.stringValue == Self.base64(text))
    #expect(
      try await zlib.fault("zlib.uncompress", #"{"source":"\#(small)","capacity":1000}"#)
        == "'zlib.uncompress' failed: 'uncompress' returned -5 (Z_BUF_ERROR: the result does not fit; ask for a larger 'capacity')")
    #expect(
      try await zlib.fault("zlib.uncompress", #"{"source":"AAAA"}"#)
        == "'zlib.uncompress' failed: 'uncompress' returned -3 (Z_DATA_ERROR: the data are damaged or cut off)")
    #expect(try await zlib.fault("zlib.compress", #"{"source":"","level":11}"#).contains("returned -2 (Z_STREAM_ERROR"))
    await zlib.close()
  }

  @Test func theRestOfIt() async throws {
    let zlib = try await Self.zlib()
    #expect(try await zlib.ask("zlib.version")["version"]?.stringValue?.hasPrefix("1.") == true)
    #expect(try await zlib.ask("zlib.compress_bound", ["length": 1_000])["bytes"]?.intValue ?? 0 >= 1_000)
    await zlib.close()
  }
}
