// SPDX-License-Identifier: Apache-2.0

/// What is answered. The server adds Content-Length, Date and Connection itself.
public struct WebServerResponse: Sendable, Hashable {
  /// From 200 to 599.
  public var status: Int
  /// Those that cannot stand in a head, for they would end its line, make the answer a 500.
  public var headers: [WebHeader]
  /// Sent with its length.
  public var body: [UInt8]

  /// Describes an answer.
  public init(_ status: Int, headers: [WebHeader] = [], body: [UInt8] = []) {
    self.status = status
    self.headers = headers
    self.body = body
  }

  /// Plain text.
  public init(_ status: Int, text: String) {
    self.init(status, headers: [WebHeader("Content-Type", "text/plain; charset=utf-8")], body: Array(text.utf8))
  }
}
