// SPDX-License-Identifier: Apache-2.0

internal import Glibc
internal import Synchronization

/// How memory is lent to a plugin for one call.
package enum Lending: Sendable {
  /// As it is.
  case plain
  /// In pages of its own, which nobody may touch before and after the call: who keeps a borrowed pointer crashes on using it.
  case guarded

  /// Lends bytes.
  func bytes<Result>(_ bytes: [UInt8], _ body: (UnsafePointer<UInt8>?) -> Result) -> Result {
    if self == .guarded, let pages = LentPages(bytes.count) {
      defer { pages.takeBack() }
      return unsafe bytes.withUnsafeBytes { source in
        unsafe pages.memory.copyMemory(from: source)
        return unsafe body(UnsafePointer(pages.memory.baseAddress?.assumingMemoryBound(to: UInt8.self)))
      }
    }
    return unsafe bytes.withUnsafeBufferPointer { unsafe body($0.baseAddress) }
  }

  /// Lends a struct of the contract.
  func value<Value: BitwiseCopyable, Result>(_ value: Value, _ body: (UnsafePointer<Value>) -> Result) -> Result {
    var copy = value
    guard self == .guarded, let pages = LentPages(MemoryLayout<Value>.size), let start = unsafe pages.memory.baseAddress else {
      return unsafe withUnsafePointer(to: &copy) { unsafe body($0) }
    }
    defer { pages.takeBack() }
    unsafe start.storeBytes(of: copy, as: Value.self)
    return unsafe body(UnsafePointer(start.assumingMemoryBound(to: Value.self)))
  }

  /// Whether an address lies in memory that was lent and taken back, or right behind what is lent. Safe in a signal handler once something
  /// was lent.
  package static func covers(_ address: UInt) -> Bool { LentPages.arena.contains(address) }

  /// Makes room for lent memory, which the first lending would do otherwise.
  package static func prepare() { _ = LentPages.arena }
}

/// Pages of a reserved part of the address space. They are used once: an address never means something else later.
@safe private struct LentPages {
  /// What is lent; it ends where its last page ends, so that reading on behind it crashes too.
  let memory: UnsafeMutableRawBufferPointer
  private let pages: UnsafeMutableRawBufferPointer

  static let pageSize = Int(sysconf(Int32(_SC_PAGESIZE)))
  /// Address space costs nothing until it is used. Empty where even that is not to be had.
  static let arena: Range<UInt> = {
    for size in [64 << 30, 4 << 30] {
      let flags = MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE
      guard let start = unsafe mmap(nil, size, PROT_NONE, flags, -1, 0), unsafe start != MAP_FAILED else { continue }
      return UInt(bitPattern: start)..<UInt(bitPattern: start) + UInt(size)
    }
    return 0..<0
  }()
  private static let used = Atomic<UInt>(0)

  /// - Returns: nil when the arena is used up: then memory is lent as it is.
  init?(_ count: Int) {
    let size = (max(count, 1) + Self.pageSize - 1) / Self.pageSize * Self.pageSize
    // One page more, which stays closed.
    let begin = Self.used.wrappingAdd(UInt(size + Self.pageSize), ordering: .relaxed).oldValue
    guard begin + UInt(size + Self.pageSize) < UInt(Self.arena.count),
      let start = unsafe UnsafeMutableRawPointer(bitPattern: Self.arena.lowerBound + begin)
    else { return nil }
    guard unsafe mprotect(start, size, PROT_READ | PROT_WRITE) == 0 else { return nil }
    unsafe pages = UnsafeMutableRawBufferPointer(start: start, count: size)
    // A struct must begin at a multiple of 8; those of the contract have such a size.
    unsafe memory = UnsafeMutableRawBufferPointer(start: start + (size - count), count: count)
  }

  func takeBack() {
    _ = unsafe mprotect(pages.baseAddress, pages.count, PROT_NONE)
    _ = unsafe madvise(pages.baseAddress, pages.count, MADV_DONTNEED)
  }
}
