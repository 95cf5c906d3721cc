// SPDX-License-Identifier: Apache-2.0

internal import CCrypto

/// Authenticates messages with a key, by HMAC (RFC 2104) over SHA-256. Not for two threads at once.
///
/// The key is worked in once; each message costs only its own length.
@safe
public final class HMACSHA256 {
  private let context: OpaquePointer

  /// Takes the key, of any length.
  public init(key: [UInt8]) throws(CryptoError) {
    guard let algorithm = unsafe Self.algorithm, let context = unsafe EVP_MAC_CTX_new(algorithm) else {
      throw CryptoError("begin an HMAC")
    }
    unsafe self.context = context
    guard unsafe Self.begin(context, key) else { throw CryptoError("take an HMAC's key of \(key.count) bytes") }
  }

  deinit {
    unsafe EVP_MAC_CTX_free(context)
  }

  /// Appends bytes to the message.
  public func update(_ bytes: [UInt8]) throws(CryptoError) {
    guard unsafe EVP_MAC_update(context, bytes, bytes.count) == 1 else { throw CryptoError("go on with an HMAC") }
  }

  /// Appends bytes to the message.
  public func update(_ bytes: Span<UInt8>) throws(CryptoError) {
    let isTaken = unsafe bytes.withUnsafeBytes { unsafe EVP_MAC_update(context, $0.baseAddress, $0.count) == 1 }
    guard isTaken else { throw CryptoError("go on with an HMAC") }
  }

  /// Ends the message, and begins another with the same key.
  public func finish() throws(CryptoError) -> SHA256Digest {
    var code = [UInt8](repeating: 0, count: SHA256Digest.count)
    try finish(into: &code)
    return SHA256Digest(code)
  }

  /// The same, into memory that is there already.
  ///
  /// - Parameter code: 32 bytes, which are written over.
  public func finish(into code: inout [UInt8]) throws(CryptoError) {
    precondition(code.count == SHA256Digest.count, "a SHA-256 digest has 32 bytes")
    var count = 0
    guard unsafe EVP_MAC_final(context, &code, &count, code.count) == 1, count == SHA256Digest.count,
      unsafe EVP_MAC_init(context, nil, 0, nil) == 1
    else { throw CryptoError("end an HMAC") }
  }

  // Made once and never changed or freed; the library counts its users with atomics.
  nonisolated(unsafe) private static let algorithm = unsafe EVP_MAC_fetch(nil, "HMAC", nil)

  private static func begin(_ context: OpaquePointer, _ key: [UInt8]) -> Bool {
    // The library takes no key for "the same as before": an empty one needs an address too.
    let bytes = key.isEmpty ? [0] : key
    var name = Array("SHA256\0".utf8CString)
    return unsafe name.withUnsafeMutableBufferPointer { name in
      let parameters = unsafe [OSSL_PARAM_construct_utf8_string("digest", name.baseAddress, 0), OSSL_PARAM_construct_end()]
      return unsafe EVP_MAC_init(context, bytes, key.count, parameters) == 1
    }
  }
}
