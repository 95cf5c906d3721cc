// SPDX-License-Identifier: Apache-2.0

/// What WebSocket is wanted, and its limits.
public struct WebSocketRequest: Sendable {
  /// Where.
  public var address: WebAddress
  /// Beside those of the upgrade.
  public var headers: [WebHeader]
  /// Sub-protocols offered, best first.
  public var protocols: [String]
  /// From the call to the end of the handshake.
  public var timeLimit: Duration
  /// In bytes of one message that comes in; a longer one ends the connection with code 1009.
  public var sizeLimit: Int
  /// In bytes that wait to be sent; `post` refuses more.
  public var sendLimit: Int
  /// Offer permessage-deflate.
  public var compresses: Bool
  /// Acknowledge what arrives at once: a server that waits for acknowledgements before it sends on (Nagle's algorithm) else takes
  /// 40 ms longer for each answer in several pieces.
  public var acknowledgesAtOnce: Bool
  /// For wss.
  public var trust: WebTrust

  /// Describes a connection.
  public init(
    _ address: WebAddress, headers: [WebHeader] = [], protocols: [String] = [], timeLimit: Duration = .seconds(30),
    sizeLimit: Int = 1 << 30,
    sendLimit: Int = 256 << 20, compresses: Bool = false, acknowledgesAtOnce: Bool = true, trust: WebTrust = WebTrust()
  ) {
    self.address = address
    self.headers = headers
    self.protocols = protocols
    self.timeLimit = timeLimit
    self.sizeLimit = sizeLimit
    self.sendLimit = sendLimit
    self.compresses = compresses
    self.acknowledgesAtOnce = acknowledgesAtOnce
    self.trust = trust
  }

  /// For sentences.
  var attempt: String { "cannot open the WebSocket '\(address)'" }
}
