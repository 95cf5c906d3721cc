// SPDX-License-Identifier: Apache-2.0

/// A request that the application has, and how far its answer is.
struct WebAnswering {
  /// Its number on the connection: an answer that comes too late finds another one.
  let exchange: UInt
  let isHead: Bool
  let isModern: Bool
  var keepsAlive: Bool
  /// Whether the head was sent and the body follows in pieces.
  var isBegun = false
  var isChunked = false
  /// In bytes of a body whose length was said.
  var left: Int?
  /// To be called when the connection ends before the answer does.
  var ended: (@Sendable () -> Void)?

  init(_ head: WebServerHead, exchange: UInt) {
    self.exchange = exchange
    isHead = head.method == "HEAD"
    isModern = head.isModern
    let wishes = head.words("connection")
    keepsAlive = head.isModern ? !wishes.contains("close") : wishes.contains("keep-alive")
  }
}
