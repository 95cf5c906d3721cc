// SPDX-License-Identifier: Apache-2.0

/// What a web server answered. Redirects are answers too: nothing is followed, so that no secret reaches another server.
public struct WebResponse: Sendable, Hashable {
  /// As 200.
  public let status: Int
  /// Those with names the library knows, in its order: content-type, location, content-length, set-cookie and some eighty more.
  public let headers: [WebHeader]
  /// Without the transfer's coding.
  public let body: [UInt8]

  /// The value of a header; `name` in lower case.
  public subscript(name: String) -> String? { headers.first { $0.name == name }?.value }
}
