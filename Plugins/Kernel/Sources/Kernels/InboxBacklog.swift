// SPDX-License-Identifier: Apache-2.0

/// What a kernel said faster than it can be looked at, on the disk, in order. The file has no name and ends with this.
///
/// A disk that takes nothing loses nothing: then it stays in memory.
struct InboxBacklog: Sendable {
  private enum Block {
    case onDisk(offset: Int64)
    case inMemory([UInt8])
  }

  private static let blockBytes = 256 << 10

  private let path: String
  private var file: RunLogFile?
  private var end: Int64 = 0
  private var blocks: [Block] = []
  private var next = 0
  private var buffer: [UInt8] = []
  /// What is no message, which is rare, stays in memory.
  private var kept: [UInt64: LinkEvent] = [:]
  private var lastKept: UInt64 = 0

  /// - Parameter path: Where a file may be made.
  init(path: String) { self.path = path }

  var isEmpty: Bool { buffer.isEmpty && next == blocks.count }

  mutating func append(_ event: LinkEvent) {
    if case .message(let message) = event {
      buffer.append(1)
      MessageCodec.write(message, to: &buffer)
    } else {
      lastKept += 1
      kept[lastKept] = event
      buffer.append(0)
      MessageCodec.write(Int(lastKept), to: &buffer)
    }
    if buffer.count >= Self.blockBytes { writeBuffer() }
  }

  private mutating func writeBuffer() {
    do {
      let file = try file ?? Self.nameless(path)
      self.file = file
      try file.append([buffer])
      blocks.append(.onDisk(offset: end))
      end += Int64(buffer.count + 4)
      buffer.removeAll(keepingCapacity: true)
    } catch {
      blocks.append(.inMemory(buffer))
      buffer = []
    }
  }

  private static func nameless(_ path: String) throws -> RunLogFile {
    let file = try RunLogFile(path: path)
    RunLogFile.remove(path)
    return file
  }

  /// Takes out the oldest, about a quarter of a megabyte of it.
  mutating func takeSome() -> [LinkEvent] {
    guard next < blocks.count else {
      defer { buffer = [] }
      return decode(buffer)
    }
    let block = blocks[next]
    next += 1
    // It was written through this very descriptor: a disk that gives nothing back is past help.
    let bytes =
      switch block {
      case .inMemory(let bytes): bytes
      case .onDisk(let offset): (try? file?.chunk(at: offset)) ?? []
      }
    if next == blocks.count { (blocks, next, file, end) = ([], 0, nil, 0) }
    return decode(bytes)
  }

  private mutating func decode(_ bytes: [UInt8]) -> [LinkEvent] {
    var events: [LinkEvent] = []
    var reader = MessageCodec(bytes)
    while let mark = reader.byte() {
      if mark == 1, let message = reader.message() {
        events.append(.message(message))
      } else if let event = kept.removeValue(forKey: UInt64(reader.number())) {
        events.append(event)
      }
    }
    return events
  }
}
