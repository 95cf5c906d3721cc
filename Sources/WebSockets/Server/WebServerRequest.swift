// SPDX-License-Identifier: Apache-2.0

/// What a client asked for, whole.
public struct WebServerRequest: Sendable, Hashable {
  /// Method, path and headers.
  public let head: WebServerHead
  /// Without the transfer's coding; empty without a body.
  public let body: [UInt8]
}
