// SPDX-License-Identifier: Apache-2.0
import Crypto
import Testing

@Suite struct SHA256Tests {
  /// Published by NIST: FIPS 180-4's examples, and "SHA256ShortMsg.rsp" of the Secure Hash Algorithm Validation System.
  @Test(arguments: [
    ("", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
    ("abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
    (
      "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
      "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"
    ),
    (
      "abcdefghbcdefghicdefghijdefghijkefghijklfghijklmghijklmnhijklmnoijklmnopjklmnopqklmnopqrlmnopqrsmnopqrstnopqrstu",
      "cf5b16a778af8380036ce59e7b0492370b249b11e8f07a51afac45037afee9d1"
    ),
  ])
  func publishedVectors(_ message: String, _ digest: String) throws {
    #expect(try SHA256.digest(of: Array(message.utf8)).description == digest)
  }

  @Test(arguments: [1, 63, 64, 65, 4_096, 1_000_000]) func oneMillionTimesAInPieces(_ size: Int) throws {
    let hash = try SHA256()
    var left = 1_000_000
    while left > 0 {
      let count = min(size, left)
      try hash.update([UInt8](repeating: UInt8(ascii: "a"), count: count))
      left -= count
    }
    #expect(try hash.finish().description == "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0")
  }

  @Test func finishBeginsAnew() throws {
    let hash = try SHA256()
    try hash.update(Array("abc".utf8))
    let first = try hash.finish()
    #expect(try hash.finish() == SHA256.digest(of: []))
    try hash.update([])
    try hash.update(Array("abc".utf8))
    #expect(try hash.finish() == first)
  }

  @Test func digestsDifferWithEveryByte() throws {
    let digests = try (0...255).map { try SHA256.digest(of: [UInt8($0)]) }
    #expect(Set(digests).count == 256)
    #expect(digests[0].bytes.count == SHA256Digest.count)
  }
}
