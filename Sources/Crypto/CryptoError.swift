// SPDX-License-Identifier: Apache-2.0

internal import CCrypto

/// A refusal of the cryptography library, in its own words.
public struct CryptoError: Error, Sendable, Hashable, CustomStringConvertible {
  /// What was tried, as a verb phrase.
  public let operation: String
  /// The library's words.
  public let message: String

  /// Takes the library's last error of this thread, and leaves none behind.
  init(_ operation: String) {
    self.operation = operation
    let code = ERR_get_error()
    var text = [CChar](repeating: 0, count: 256)
    unsafe ERR_error_string_n(code, &text, text.count)
    ERR_clear_error()
    message = code == 0 ? "no reason given" : String(decoding: text.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
  }

  /// One sentence for a log or a person.
  public var description: String { "cannot \(operation): \(message)" }
}
