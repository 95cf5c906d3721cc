// SPDX-License-Identifier: Apache-2.0

/// Blocks of bytes, and seldom something else, in order: the first of them in memory, the rest in a file that has no name and ends with this.
///
/// Nothing here reads or writes: whoever gets a `Block` or a `Batch` does, while others go on. A disk that takes nothing loses nothing: then
/// all stays in memory.
struct BlockQueue<Other: Sendable>: Sendable {
  /// What is to be written to the file, at the place that is its own.
  struct Block: Sendable {
    fileprivate let number: Int
    let bytes: [UInt8]
    let offset: Int
    let file: NamelessFile
  }

  /// The oldest of what waits.
  enum Batch: Sendable {
    case other(Other)
    case bytes([UInt8])
    /// To be read from the file first, and then told by `hasRead`.
    case written(offset: Int, count: Int, NamelessFile)
  }

  /// What a block takes in the file, but for one that is larger.
  private static var place: Int { BlockSize.usual + (8 << 10) }

  private let path: String?
  private let memory: Int
  private var file: NamelessFile?
  private var end = 0
  /// Places in the file that were read, to be written again: what the system never gave out before costs most.
  private var free: [Int] = []
  /// How many blocks are being written or read.
  private var busy = 0
  private var waiting: [Batch] = []
  private var next = 0
  /// The number of the first in `waiting`; numbers are never used again.
  private var first = 0
  private var bytesInMemory = 0

  /// - Parameters:
  ///   - path: Where a file may be made; without one all waits in memory.
  ///   - memory: So many bytes wait in memory.
  init(path: String?, memory: Int) {
    self.path = path
    self.memory = memory
  }

  var isEmpty: Bool { next == waiting.count }

  mutating func append(_ other: Other) { waiting.append(.other(other)) }

  /// Adds what came last.
  ///
  /// - Returns: What is now to be written, and then told by `wrote`.
  mutating func append(_ bytes: [UInt8]) -> Block? {
    let number = first + waiting.count
    waiting.append(.bytes(bytes))
    bytesInMemory += bytes.count
    guard bytesInMemory > memory, let file = openFile() else { return nil }
    busy += 1
    return Block(number: number, bytes: bytes, offset: takePlace(for: bytes.count), file: file)
  }

  private mutating func openFile() -> NamelessFile? {
    if file == nil, let path { file = try? NamelessFile(path: path) }
    return file
  }

  private mutating func takePlace(for count: Int) -> Int {
    let isLarge = count > Self.place
    if !isLarge, let place = free.popLast() { return place }
    defer { end += isLarge ? count : Self.place }
    return end
  }

  /// Takes note that a block was written, or could not be and stays in memory.
  mutating func wrote(_ block: Block, isDone: Bool) {
    let index = block.number - first
    // If not, it was taken meanwhile, or is nowhere but in memory.
    guard index >= next, isDone else { return hasRead(block.offset, block.bytes.count) }
    waiting[index] = .written(offset: block.offset, count: block.bytes.count, block.file)
    bytesInMemory -= block.bytes.count
    busy -= 1
  }

  /// Takes out the oldest; nil when there is nothing.
  mutating func take() -> Batch? {
    guard next < waiting.count else { return nil }
    let batch = waiting[next]
    waiting[next] = .bytes([])
    next += 1
    switch batch {
    case .written: busy += 1
    case .bytes(let bytes): bytesInMemory -= bytes.count
    case .other: break
    }
    tidy()
    return batch
  }

  /// Takes note that what was written there is not needed any more.
  mutating func hasRead(_ offset: Int, _ count: Int) {
    if count <= Self.place { free.append(offset) }
    busy -= 1
    tidy()
  }

  private mutating func tidy() {
    guard next == waiting.count else { return }
    first += next
    (waiting, next) = ([], 0)
    if busy == 0 { (file, end, free) = (nil, 0, []) }
  }
}
