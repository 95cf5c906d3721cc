// SPDX-License-Identifier: Apache-2.0

// Numbers in files that nobody else reads: seven bits a byte, the lowest first.
extension [UInt8] {
  mutating func append(number: Int) {
    var rest = number
    while rest > 0x7F {
      append(UInt8(truncatingIfNeeded: rest) | 0x80)
      rest >>= 7
    }
    append(UInt8(rest))
  }

  /// Reads a number and moves behind it.
  func number(at index: inout Int) -> Int {
    var (number, shift) = (0, 0)
    while true {
      let byte = self[index]
      index += 1
      number |= Int(byte & 0x7F) << shift
      guard byte & 0x80 != 0 else { return number }
      shift += 7
    }
  }
}
