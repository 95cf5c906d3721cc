// SPDX-License-Identifier: Apache-2.0
import Crypto
import Testing

@Suite struct HMACSHA256Tests {
  /// RFC 4231, test cases 1 to 4, 6 and 7.
  @Test(arguments: [
    ([UInt8](repeating: 0x0B, count: 20), Array("Hi There".utf8), "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7"),
    (Array("Jefe".utf8), Array("what do ya want for nothing?".utf8), "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"),
    (
      [UInt8](repeating: 0xAA, count: 20), [UInt8](repeating: 0xDD, count: 50),
      "773ea91e36800e46854db8ebd09181a72959098b3ef8c122d9635514ced565fe"
    ),
    (
      Array(0x01...0x19), [UInt8](repeating: 0xCD, count: 50), "82558a389a443c0ea4cc819899f2083a85f0faa3e578f8077a2e3ff46729665b"
    ),
    (
      [UInt8](repeating: 0xAA, count: 131), Array("Test Using Larger Than Block-Size Key - Hash Key First".utf8),
      "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54"
    ),
    (
      [UInt8](repeating: 0xAA, count: 131),
      Array(
        "This is a test using a larger than block-size key and a larger than block-size data. The key needs to be hashed before being used by the HMAC algorithm."
          .utf8), "9b09ffa71b942fcb27635fbcd5b0e944bfdc63644f0713938a7f51535c3a35e2"
    ),
  ])
  func publishedVectors(_ key: [UInt8], _ message: [UInt8], _ code: String) throws {
    let authenticator = try HMACSHA256(key: key)
    // The key stays for the next message, in whatever pieces it comes.
    for pieces in [1, message.count] {
      for start in stride(from: 0, to: message.count, by: max(1, message.count / pieces)) {
        try authenticator.update(Array(message[start..<min(message.count, start + max(1, message.count / pieces))]))
      }
      #expect(try authenticator.finish().description == code)
    }
  }

  /// Python: hmac.new(b"", b"", "sha256").hexdigest()
  @Test func anEmptyKeyIsAKey() throws {
    #expect(try HMACSHA256(key: []).finish().description == "b613679a0814d9ec772f95d778c35fc5ff1697c493715653c6c712144292c5ad")
  }

  @Test func comparisonsAreRight() {
    #expect(ConstantTime.areEqual([1, 2].span, [1, 2].span) && !ConstantTime.areEqual([1, 2].span, [1, 3].span))
    #expect(!ConstantTime.areEqual([1].span, [1, 2].span) && ConstantTime.areEqual([UInt8]().span, [UInt8]().span))
    #expect(ConstantTime.areEqual([1, 2], [1, 2]) && ConstantTime.areEqual([], []))
    #expect(!ConstantTime.areEqual([1, 2], [1, 3]) && !ConstantTime.areEqual([1], [1, 2]))
  }

  @Test func randomBytesDiffer() throws {
    #expect(try Set((0..<100).map { _ in try RandomBytes.make(16) }).count == 100)
    #expect(try RandomBytes.make(0).isEmpty && RandomBytes.hexadecimal(4).count == 8)
  }
}
