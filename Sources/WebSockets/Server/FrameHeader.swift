// SPDX-License-Identifier: Apache-2.0

/// What stands before a frame's payload.
///
/// Source: RFC 6455, section 5.2.
struct FrameHeader {
  enum Operation: UInt8 {
    case continuation = 0
    case text = 1
    case binary = 2
    case close = 8
    case ping = 9
    case pong = 10
  }

  private(set) var isFinal = true
  private(set) var operation = Operation.continuation
  private(set) var size = 0
  /// Four bytes, the first one lowest.
  private var key: UInt32 = 0

  var isControl: Bool { operation.rawValue >= 8 }

  /// Of the header that begins so, in bytes: 2 while that is not known.
  static func length(_ bytes: [UInt8]) -> Int {
    guard bytes.count >= 2 else { return 2 }
    switch bytes[1] & 0x7f {
    case 126: return 8
    case 127: return 14
    default: return 6
    }
  }

  /// What the protocol forbids in a header that begins so; nil: nothing so far.
  static func fault(_ bytes: [UInt8]) -> String? {
    if let first = bytes.first {
      guard first & 0x70 == 0 else { return "a reserved bit is set" }
      guard let operation = Operation(rawValue: first & 15) else { return "\(first & 15) is no kind of frame" }
      if operation.rawValue >= 8, first & 0x80 == 0 { return "a control frame is in pieces" }
    }
    if bytes.count >= 2 {
      guard bytes[1] & 0x80 != 0 else { return "a frame is not masked" }
      if bytes[0] & 8 != 0, bytes[1] & 0x7f > 125 { return "a control frame is too long" }
    }
    if bytes.count >= 3, bytes[1] & 0x7f == 127, bytes[2] & 0x80 != 0 { return "the length of a frame is no number" }
    return nil
  }

  init() {}

  /// - Parameter bytes: Whole and without a fault.
  init(_ bytes: [UInt8]) {
    isFinal = bytes[0] & 0x80 != 0
    operation = Operation(rawValue: bytes[0] & 15) ?? .close
    let length = bytes[2..<(bytes.count - 4)]
    size = length.isEmpty ? Int(bytes[1] & 0x7f) : length.reduce(0) { $0 << 8 | Int($1) }
    key = bytes.suffix(4).reversed().reduce(0) { $0 << 8 | UInt32($1) }
  }

  /// Adds a piece of the payload without its mask.
  ///
  /// - Parameter position: Of the piece, in the frame.
  func append(_ piece: ArraySlice<UInt8>, to bytes: inout [UInt8], at position: Int) {
    let start = bytes.count
    bytes += piece
    let turn = UInt32(position % 4 * 8)
    unmask(&bytes, from: start, key: key >> turn | (turn == 0 ? 0 : key << (32 - turn)))
  }

  /// The header of a frame of ours: whole and without a mask.
  static func bytes(_ operation: Operation, size: Int) -> [UInt8] {
    let first = operation.rawValue | 0x80
    switch size {
    case 0...125: return [first, UInt8(size)]
    case 126...65_535: return [first, 126, UInt8(size >> 8), UInt8(size & 255)]
    default: return [first, 127] + (0..<8).map { UInt8(truncatingIfNeeded: size >> (56 - 8 * $0)) }
    }
  }
}

/// Takes the mask off, eight bytes at a time: byte by byte it would be the slowest part of receiving.
private func unmask(_ bytes: inout [UInt8], from start: Int, key: UInt32) {
  let wide = UInt64(key) << 32 | UInt64(key)
  unsafe bytes.withUnsafeMutableBytes { all in
    let rest = unsafe UnsafeMutableRawBufferPointer(rebasing: all[start...])
    var index = 0
    while index + 8 <= rest.count {
      let word = unsafe UInt64(littleEndian: rest.loadUnaligned(fromByteOffset: index, as: UInt64.self)) ^ wide
      unsafe rest.storeBytes(of: word.littleEndian, toByteOffset: index, as: UInt64.self)
      index += 8
    }
    while index < rest.count {
      unsafe rest[index] ^= UInt8(truncatingIfNeeded: key >> UInt32(index % 4 * 8))
      index += 1
    }
  }
}

/// Whether no byte is above 127, eight at a time.
func isASCII(_ bytes: [UInt8]) -> Bool {
  unsafe bytes.withUnsafeBytes { all in
    var index = 0
    while index + 8 <= all.count {
      if unsafe all.loadUnaligned(fromByteOffset: index, as: UInt64.self) & 0x8080_8080_8080_8080 != 0 { return false }
      index += 8
    }
    while index < all.count {
      if unsafe all[index] > 127 { return false }
      index += 1
    }
    return true
  }
}
