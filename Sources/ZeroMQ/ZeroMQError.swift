// SPDX-License-Identifier: Apache-2.0

internal import CZeroMQ
internal import Glibc

/// A refusal of the messaging library, with what was being tried.
public struct ZeroMQError: Error, Sendable, Hashable, CustomStringConvertible {
  /// The library's error number: one of the system's, or one of its own from 156384712 on.
  public let code: Int32
  /// The library's own words.
  public let message: String
  /// What was tried, as a verb phrase with its value: "connect a dealer socket to 'tcp://127.0.0.1:5555'".
  public let operation: String

  /// Takes the library's last error of this thread.
  init(_ operation: String) { self.init(operation, code: zmq_errno()) }

  init(_ operation: String, code: Int32) {
    self.operation = operation
    self.code = code
    message = unsafe String(cString: zmq_strerror(code))
  }

  /// One sentence for a log or a person.
  public var description: String {
    let cure =
      switch code {
      case EADDRINUSE: "; take another port or path"
      case EMFILE: "; raise the limit of open files or of sockets"
      case ENODEV, EADDRNOTAVAIL: "; take an address of this machine"
      default: ""
      }
    return "cannot \(operation): \(message)\(cure)"
  }

  /// Whether there was nothing to receive, or no room to send, within the time allowed.
  public var isTimeout: Bool { code == EAGAIN }

  /// Whether the peer named by a router's first frame is not connected.
  public var isUnreachable: Bool { code == EHOSTUNREACH }
}
