// SPDX-License-Identifier: Apache-2.0

internal import Crypto
internal import FoundationEssentials

/// Ids nobody else has: UUIDs of version 4, in lower case.
enum FreshID {
  private static let digits = Array("0123456789abcdef".utf8)

  /// Makes one. Foundation's own opens a file of the system for each, which is a good part of what a short run costs.
  static func make() -> String {
    guard var bytes = try? RandomBytes.make(16) else { return UUID().uuidString.lowercased() }
    bytes[6] = bytes[6] & 0x0f | 0x40
    bytes[8] = bytes[8] & 0x3f | 0x80
    var text: [UInt8] = []
    text.reserveCapacity(36)
    for (index, byte) in bytes.enumerated() {
      if [4, 6, 8, 10].contains(index) { text.append(UInt8(ascii: "-")) }
      text.append(digits[Int(byte >> 4)])
      text.append(digits[Int(byte & 15)])
    }
    return String(decoding: text, as: UTF8.self)
  }
}
