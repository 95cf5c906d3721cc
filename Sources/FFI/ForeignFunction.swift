// SPDX-License-Identifier: Apache-2.0

/// Where a C function is. Its library is never unloaded, so it stays there.
@safe public struct ForeignFunction: Sendable {
  /// The symbol.
  public let name: String
  // An address inside a library that stays loaded; it is called, never read or written.
  nonisolated(unsafe) let address: UnsafeMutableRawPointer
}
