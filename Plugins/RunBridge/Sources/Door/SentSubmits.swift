// SPDX-License-Identifier: Apache-2.0

/// What was sent to a connection for its operations, to be sent once more when a script announces one again: it may have missed it.
struct SentSubmits: Sendable {
  private var frames: [String: [UInt8]] = [:]
  private var order: [String] = []
  private var size = 0
  /// In bytes; the oldest go first.
  private let limit: Int

  private static let most = 64

  init(limit: Int) { self.limit = limit }

  mutating func keep(_ operation: String, _ frame: [UInt8]) {
    _ = take(operation)
    frames[operation] = frame
    order.append(operation)
    size += frame.count
    while order.count > Self.most || size > limit, let oldest = order.first { _ = take(oldest) }
  }

  /// Gives it out, once.
  mutating func take(_ operation: String) -> [UInt8]? {
    guard let frame = frames.removeValue(forKey: operation) else { return nil }
    order.removeAll { $0 == operation }
    size -= frame.count
    return frame
  }
}
