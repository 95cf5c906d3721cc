// SPDX-License-Identifier: Apache-2.0

/// Why a request or a connection came to nothing.
public struct WebError: Error, Sendable, Hashable, CustomStringConvertible {
  /// What programs switch on.
  public enum Code: Sendable, Hashable {
    /// The address, a header or the like cannot be used.
    case invalid
    /// Nobody could be reached, or the encryption was refused.
    case unreachable
    /// The time limit passed.
    case timeout
    /// What came is over a limit.
    case tooLarge
    /// The server did not take the upgrade to a WebSocket; its status, when it gave one.
    case upgradeRefused(Int?)
    /// The connection ended in the middle, or what came is no HTTP.
    case broken
    /// More is waiting to be sent than the limit allows.
    case full
    /// The caller gave up.
    case cancelled
    /// The client was stopped.
    case stopped
  }

  /// What programs switch on.
  public let code: Code
  /// A sentence with the address, without its query, and what happened.
  public let message: String

  /// Describes a failure.
  public init(_ code: Code, _ message: String) {
    self.code = code
    self.message = message
  }

  /// The message.
  public var description: String { message }
}
