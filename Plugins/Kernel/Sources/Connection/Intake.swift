// SPDX-License-Identifier: Apache-2.0

/// Messages as they came from the sockets of one link, unread, in order. For the links' thread.
///
/// To take a message out of ZeroMQ costs a third of what it costs to check it. What is not taken out waits in ZeroMQ's memory, which has no
/// limit; so when a kernel is faster than its messages are checked, they wait here: the first in memory, the rest on the disk.
struct Intake {
  /// Bytes that wait in memory, about.
  static let memory = 1 << 20

  private var queue: BlockQueue<Never>
  private var writer = FrameWriter()
  private var reader: FrameReader?

  /// - Parameter path: Where a file may be made; without one all waits in memory.
  init(path: String?) { queue = BlockQueue(path: path, memory: Self.memory) }

  var isEmpty: Bool { reader == nil && queue.isEmpty && writer.bytes.isEmpty }

  /// Adds what came last.
  mutating func append(_ frames: WireFrames, on channel: KernelChannel) {
    writer.append(frames, on: channel)
    guard writer.bytes.count >= BlockSize.usual else { return }
    if let block = queue.append(writer.bytes) {
      queue.wrote(block, isDone: block.file.write(block.bytes, at: block.offset))
    }
    writer = FrameWriter(reserving: BlockSize.reserved)
  }

  /// Takes out the oldest message; nil when there is none.
  mutating func next() -> (KernelChannel, WireFrames)? {
    if reader == nil { reader = takeBlock().map { FrameReader($0) } }
    guard let channel = reader?.next(), let frames = reader?.frames else { return nil }
    if reader?.isAtEnd == true { reader = nil }
    return (channel, frames)
  }

  private mutating func takeBlock() -> [UInt8]? {
    switch queue.take() {
    case .bytes(let bytes): return bytes
    case .written(let offset, let count, let file):
      // It was written through this very descriptor: a disk that gives nothing back is past help.
      defer { queue.hasRead(offset, count) }
      return file.read(count, at: offset)
    case nil:
      guard !writer.bytes.isEmpty else { return nil }
      defer { writer = FrameWriter() }
      return writer.bytes
    }
  }
}
