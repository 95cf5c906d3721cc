// SPDX-License-Identifier: Apache-2.0

/// The addresses that text is linked to: what OSC 8 escapes name. Bounded; a link beyond the bound is text without a link.
struct TextLinks: Sendable {
  private static let mostBytes = 256 << 10

  private var addresses: [String] = []
  private var numbers: [String: UInt16] = [:]
  private var freed: [UInt16] = []
  private var bytes = 0

  /// The number of an address for `TextStyle.link`; 0 for none.
  mutating func number(of address: String, inUse: () -> Set<UInt16>) -> UInt16 {
    guard !address.isEmpty else { return 0 }
    if let known = numbers[address] { return known }
    if !hasRoom(for: address) { free(allBut: inUse()) }
    guard hasRoom(for: address) else { return 0 }
    bytes += address.utf8.count
    let number = freed.popLast() ?? UInt16(addresses.count + 1)
    if number > addresses.count { addresses.append(address) } else { addresses[Int(number) - 1] = address }
    numbers[address] = number
    return number
  }

  private func hasRoom(for address: String) -> Bool {
    bytes + address.utf8.count <= Self.mostBytes && (!freed.isEmpty || addresses.count < Int(UInt16.max))
  }

  private mutating func free(allBut used: Set<UInt16>) {
    for (address, number) in numbers where !used.contains(number) {
      freed.append(number)
      numbers[address] = nil
      bytes -= address.utf8.count
    }
  }

  /// Appends the escapes between two styles.
  func change(from old: TextStyle, to new: TextStyle, in text: inout [UInt8]) {
    if old.link != new.link {
      let address = new.link == 0 ? "" : addresses[Int(new.link) - 1]
      text += "\u{1B}]8;;\(address)\u{1B}\\".utf8
    }
    text += new.escape(after: old).utf8
  }
}
