// SPDX-License-Identifier: Apache-2.0

/// Who asked what: the socket identities of the front ends by the ids of their requests. Bounded; the oldest request goes first.
struct ProxyClients {
  static let most = 10_000
  private var identities: [String: [[UInt8]]] = [:]
  private var order: [String] = []
  private var oldest = 0

  mutating func remember(_ request: String, of client: [[UInt8]]) {
    guard identities.updateValue(client, forKey: request) == nil else { return }
    guard order.count == Self.most else { return order.append(request) }
    identities[order[oldest]] = nil
    order[oldest] = request
    oldest = (oldest + 1) % Self.most
  }

  func client(of request: String) -> [[UInt8]]? { identities[request] }
}
