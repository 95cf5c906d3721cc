// SPDX-License-Identifier: Apache-2.0
import Crypto

/// Why a plugin's files could not be named or put into the store.
enum TrustFault: Error {
  /// What happened and what to do, for the middle of a sentence.
  case unstorable(String, cure: String)
  /// The file at this path was written to while it was read.
  case beingWritten(String)

  init(_ error: FileError) {
    self = .unstorable("\(error)", cure: "see that the host's user may write there and that there is room, then say 'jackfield reload'")
  }

  static func translating<Value>(_ body: () throws(CryptoError) -> Value) throws(TrustFault) -> Value {
    do throws(CryptoError) { return try body() } catch { throw .unstorable("\(error)", cure: "mend the system's libcrypto") }
  }

  static func translating<Value>(_ body: () throws(FileError) -> Value) throws(TrustFault) -> Value {
    do throws(FileError) { return try body() } catch { throw TrustFault(error) }
  }

  /// The sentence on a plugin.
  func refusal(_ plugin: String) -> Refusal {
    switch self {
    case .unstorable(let what, let cure):
      Refusal(.notStored, path: plugin, "the host makes a copy of what it loads, and \(what); \(cure)")
    case .beingWritten(let path):
      Refusal(.beingWritten, path: plugin, "'\(path)' was written to while it was read; say 'jackfield reload' when the writing has ended")
    }
  }
}
