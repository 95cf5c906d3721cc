// SPDX-License-Identifier: Apache-2.0

/// What a web server answers, whose body comes in pieces.
public struct WebStreamedResponse: Sendable {
  /// As 200.
  public let status: Int
  /// As those of `WebResponse`.
  public let headers: [WebHeader]
  /// For one reader. What it did not take yet waits in memory, within the request's limit of size.
  public let body: WebBody

  /// The value of a header; `name` in lower case.
  public subscript(name: String) -> String? { headers.first { $0.name == name }?.value }
}
