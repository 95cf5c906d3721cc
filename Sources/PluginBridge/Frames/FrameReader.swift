// SPDX-License-Identifier: Apache-2.0
// Reads frames off a socket, many with one call of the system where many have come.
import Glibc

/// The reading end of a line. One thread at a time.
package struct FrameReader {
  private let descriptor: Int32
  private var buffer = [UInt8](repeating: 0, count: 64 << 10)
  /// What was read and not yet handed out lies here.
  private var filled = 0..<0

  package init(descriptor: Int32) { self.descriptor = descriptor }

  /// Whether `next` would return without waiting.
  package var hasFrame: Bool { complete() != nil }

  /// The next frame; waits for it.
  ///
  /// - Throws: `FrameFault`. A frame of a kind that this side does not know is malformed: both ends come from one build.
  package mutating func next() throws(FrameFault) -> Frame {
    while true {
      if let (header, length) = complete() { return try take(header, length) }
      try fill()
    }
  }

  /// The header of the first frame and the length of what follows it, if all of it is here.
  private func complete() -> (FrameHeader, Int)? {
    guard filled.count >= FrameHeader.size else { return nil }
    let header = unsafe buffer.withUnsafeBytes { bytes in
      unsafe FrameHeader(reading: UnsafeRawBufferPointer(rebasing: bytes[filled]))
    }
    guard let length = header.bodyLength else { return (header, -1) }
    return filled.count >= FrameHeader.size + length ? (header, length) : nil
  }

  private mutating func take(_ header: FrameHeader, _ length: Int) throws(FrameFault) -> Frame {
    guard length >= 0, let kind = FrameKind(rawValue: header.kind) else { throw .malformed }
    let name = filled.lowerBound + FrameHeader.size
    let payload = name + Int(header.nameLength)
    let end = name + length
    var frame = Frame(kind, call: header.call, a: header.a, b: header.b, c: header.c, content: Content(rawValue: header.content))
    if header.nameLength > 0 {
      guard let text = String(validating: buffer[name..<payload], as: UTF8.self) else { throw .malformed }
      frame.name = text
    }
    if header.payloadLength > 0 { frame.payload = Array(buffer[payload..<end]) }
    filled = end == filled.upperBound ? 0..<0 : end..<filled.upperBound
    return frame
  }

  /// Reads more; makes room first, for a frame that is begun at least.
  private mutating func fill() throws(FrameFault) {
    makeRoom()
    let free = filled.upperBound..<buffer.count
    while true {
      let count = unsafe buffer.withUnsafeMutableBytes { bytes in
        unsafe recv(descriptor, bytes.baseAddress! + free.lowerBound, free.count, 0)  // a buffer is never empty
      }
      if count > 0 {
        filled = filled.lowerBound..<filled.upperBound + count
        return
      }
      guard count < 0, errno == EINTR else { throw .closed }
    }
  }

  private mutating func makeRoom() {
    let needed = neededLength
    if filled.lowerBound > 0, buffer.count - filled.lowerBound < needed || filled.upperBound == buffer.count {
      let count = filled.count
      for index in 0..<count { buffer[index] = buffer[filled.lowerBound + index] }
      filled = 0..<count
    }
    if buffer.count < needed { buffer.append(contentsOf: repeatElement(0, count: needed - buffer.count)) }
    // A huge frame is an exception: its room is given back.
    if filled.isEmpty, buffer.count > 1 << 20 { buffer = [UInt8](repeating: 0, count: 64 << 10) }
  }

  /// How long the frame that is begun will be; at least a header, and at least one byte more than there is.
  private var neededLength: Int {
    guard filled.count >= FrameHeader.size else { return FrameHeader.size }
    let header = unsafe buffer.withUnsafeBytes { bytes in
      unsafe FrameHeader(reading: UnsafeRawBufferPointer(rebasing: bytes[filled]))
    }
    return FrameHeader.size + (header.bodyLength ?? 0)
  }
}
