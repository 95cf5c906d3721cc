// SPDX-License-Identifier: Apache-2.0

/// What was sent to a connection for its operations, to be sent once more when a script announces one again: it may have missed it.
struct SentSubmits: Sendable {
  private var frames: [String: [UInt8]] = [:]
  private var order: [String] = []
  private var size = 0
  /// Those announced once. Clients announce each operation twice, and what is answered at once is answered in between.
  private var halves: Set<String> = []
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

  /// An operation is announced.
  ///
  /// - Returns: What is to be sent once more; nil: nothing was sent, or this is the second of two announcements.
  mutating func announced(_ operation: String) -> [UInt8]? {
    if halves.remove(operation) != nil { return nil }
    if let frame = take(operation) { return frame }
    if halves.count < Self.most { halves.insert(operation) }
    return nil
  }

  /// Gives it out, once.
  mutating func take(_ operation: String) -> [UInt8]? {
    guard let frame = frames.removeValue(forKey: operation) else { return nil }
    order.removeAll { $0 == operation }
    size -= frame.count
    return frame
  }
}
