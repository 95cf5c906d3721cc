// SPDX-License-Identifier: Apache-2.0
// The fixed part of a frame, in the byte order of the machine: both ends are on it.

/// 48 bytes: lengths, kind, and the flat values of a crossing. The name and the payload follow.
struct FrameHeader {
  static let size = 48
  static let nameLimit = 64 << 10
  /// An event of the largest size, and a little.
  static let payloadLimit = 65 << 20

  var payloadLength: UInt32
  var nameLength: UInt32
  var kind: UInt16
  var content: UInt32
  var call: UInt64
  var a: UInt64
  var b: UInt64
  var c: UInt64

  init(_ frame: borrowing Frame, nameLength: Int, payloadLength: Int) {
    self.payloadLength = UInt32(payloadLength)
    self.nameLength = UInt32(nameLength)
    kind = frame.kind.rawValue
    content = frame.content.rawValue
    (call, a, b, c) = (frame.call, frame.a, frame.b, frame.c)
  }

  /// Reads the first 48 bytes of `bytes`.
  init(reading bytes: UnsafeRawBufferPointer) {
    payloadLength = unsafe bytes.loadUnaligned(fromByteOffset: 0, as: UInt32.self)
    nameLength = unsafe bytes.loadUnaligned(fromByteOffset: 4, as: UInt32.self)
    kind = unsafe bytes.loadUnaligned(fromByteOffset: 8, as: UInt16.self)
    content = unsafe bytes.loadUnaligned(fromByteOffset: 12, as: UInt32.self)
    call = unsafe bytes.loadUnaligned(fromByteOffset: 16, as: UInt64.self)
    a = unsafe bytes.loadUnaligned(fromByteOffset: 24, as: UInt64.self)
    b = unsafe bytes.loadUnaligned(fromByteOffset: 32, as: UInt64.self)
    c = unsafe bytes.loadUnaligned(fromByteOffset: 40, as: UInt64.self)
  }

  /// Writes itself into the first 48 bytes of `bytes`.
  func write(into bytes: UnsafeMutableRawBufferPointer) {
    unsafe bytes.storeBytes(of: payloadLength, toByteOffset: 0, as: UInt32.self)
    unsafe bytes.storeBytes(of: nameLength, toByteOffset: 4, as: UInt32.self)
    unsafe bytes.storeBytes(of: kind, toByteOffset: 8, as: UInt16.self)
    unsafe bytes.storeBytes(of: 0, toByteOffset: 10, as: UInt16.self)
    unsafe bytes.storeBytes(of: content, toByteOffset: 12, as: UInt32.self)
    unsafe bytes.storeBytes(of: call, toByteOffset: 16, as: UInt64.self)
    unsafe bytes.storeBytes(of: a, toByteOffset: 24, as: UInt64.self)
    unsafe bytes.storeBytes(of: b, toByteOffset: 32, as: UInt64.self)
    unsafe bytes.storeBytes(of: c, toByteOffset: 40, as: UInt64.self)
  }

  /// nil when the lengths are over their limits.
  var bodyLength: Int? {
    guard nameLength <= Self.nameLimit, payloadLength <= Self.payloadLimit else { return nil }
    return Int(nameLength) + Int(payloadLength)
  }
}
