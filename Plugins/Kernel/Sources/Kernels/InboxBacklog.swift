// SPDX-License-Identifier: Apache-2.0

/// What a kernel said faster than it can be looked at, in order.
struct InboxBacklog: Sendable {
  typealias Queue = BlockQueue<LinkEvent>

  private var queue: Queue
  private var writer = MessageWriter()

  /// - Parameter path: Where a file may be made.
  init(path: String) { queue = Queue(path: path, memory: 0) }

  var isEmpty: Bool { writer.bytes.isEmpty && queue.isEmpty }

  /// Adds what came last.
  ///
  /// - Returns: What is now to be written.
  mutating func append(_ event: LinkEvent) -> Queue.Block? {
    guard case .message(let message) = event else {
      let block = writer.bytes.isEmpty ? nil : endBlock()
      queue.append(event)
      return block
    }
    writer.append(message)
    return writer.bytes.count < BlockSize.usual ? nil : endBlock()
  }

  private mutating func endBlock() -> Queue.Block? {
    defer { writer = MessageWriter(reserving: BlockSize.reserved) }
    return queue.append(writer.bytes)
  }

  /// Takes note that a block was written, or could not be.
  mutating func wrote(_ block: Queue.Block, isDone: Bool) { queue.wrote(block, isDone: isDone) }

  /// Takes out the oldest, as `MessageReader` reads it; nil when there is nothing.
  mutating func take() -> Queue.Batch? {
    if let batch = queue.take() { return batch }
    guard !writer.bytes.isEmpty else { return nil }
    defer { writer = MessageWriter() }
    return .bytes(writer.bytes)
  }

  /// Takes note that what was written there is not needed any more.
  mutating func hasRead(_ offset: Int, _ count: Int) { queue.hasRead(offset, count) }
}
