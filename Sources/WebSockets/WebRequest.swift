// SPDX-License-Identifier: Apache-2.0

/// What is asked of a web server.
public struct WebRequest: Sendable {
  /// In capitals, as "GET".
  public var method: String
  /// Where.
  public var address: WebAddress
  /// Beside those the library writes itself: Host, Connection, Content-Length.
  public var headers: [WebHeader]
  /// Sent with its length; nil: the request has none.
  public var body: [UInt8]?
  /// From the call to the last byte of the answer.
  public var timeLimit: Duration
  /// In bytes of the answer's body.
  public var sizeLimit: Int
  /// For https.
  public var trust: WebTrust

  /// Describes a request.
  public init(
    _ method: String = "GET", _ address: WebAddress, headers: [WebHeader] = [], body: [UInt8]? = nil, timeLimit: Duration = .seconds(30),
    sizeLimit: Int = 16 << 20, trust: WebTrust = WebTrust()
  ) {
    self.method = method
    self.address = address
    self.headers = headers
    self.body = body
    self.timeLimit = timeLimit
    self.sizeLimit = sizeLimit
    self.trust = trust
  }

  /// For sentences: "cannot get 'http://…'".
  var attempt: String { "cannot \(method.lowercased()) '\(address)'" }
}
