// SPDX-License-Identifier: Apache-2.0

internal import CCrypto

/// Computes SHA-256 (FIPS 180-4) of a message that comes piece by piece. Not for two threads at once.
@safe
public final class SHA256 {
  private let context: OpaquePointer

  /// Begins an empty message.
  public init() throws(CryptoError) {
    guard let algorithm = unsafe Self.algorithm, let context = unsafe EVP_MD_CTX_new() else { throw CryptoError("begin a SHA-256 digest") }
    unsafe self.context = context
    guard unsafe EVP_DigestInit_ex2(context, algorithm, nil) == 1 else { throw CryptoError("begin a SHA-256 digest") }
  }

  deinit {
    unsafe EVP_MD_CTX_free(context)
  }

  /// Appends bytes to the message.
  public func update(_ bytes: UnsafeRawBufferPointer) throws(CryptoError) {
    guard unsafe EVP_DigestUpdate(context, bytes.baseAddress, bytes.count) == 1 else { throw CryptoError("go on with a SHA-256 digest") }
  }

  /// Appends bytes to the message.
  public func update(_ bytes: [UInt8]) throws(CryptoError) {
    try unsafe bytes.span.withUnsafeBytes { bytes throws(CryptoError) in try unsafe update(bytes) }
  }

  /// Ends the message, and begins another.
  public func finish() throws(CryptoError) -> SHA256Digest {
    var digest = [UInt8](repeating: 0, count: Int(EVP_MAX_MD_SIZE))
    var count: UInt32 = 0
    guard unsafe EVP_DigestFinal_ex(context, &digest, &count) == 1, Int(count) == SHA256Digest.count,
      unsafe EVP_DigestInit_ex2(context, Self.algorithm, nil) == 1
    else { throw CryptoError("end a SHA-256 digest") }
    return SHA256Digest(Array(digest.prefix(Int(count))))
  }

  /// The digest of a whole message.
  public static func digest(of bytes: [UInt8]) throws(CryptoError) -> SHA256Digest {
    let hash = try SHA256()
    try hash.update(bytes)
    return try hash.finish()
  }

  // Made once and never changed or freed; the library counts its users with atomics. Looking it up anew costs more than a short message.
  nonisolated(unsafe) private static let algorithm = unsafe EVP_MD_fetch(nil, "SHA256", nil)
}
