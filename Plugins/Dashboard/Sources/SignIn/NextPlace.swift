// SPDX-License-Identifier: Apache-2.0

/// Where somebody goes after signing in: a place of the page, never one of somebody else's.
enum NextPlace {
  private static let limit = 2_048

  /// - Parameter text: Below the base path, as "runs/a?tab=logs". Nil when it leads elsewhere.
  static func checked(_ text: String) -> String? {
    guard text.utf8.count <= limit, !text.hasPrefix("/"), !text.contains("\\") else { return nil }
    guard !text.unicodeScalars.contains(where: { $0.value < 0x20 || $0.value == 0x7f }) else { return nil }
    let path = text.prefix { $0 != "?" && $0 != "#" }
    guard !path.split(separator: "/").contains(where: { $0 == "." || $0 == ".." || $0.lowercased().contains("%2e") }) else { return nil }
    return encoded(text)
  }

  /// What may not stand in an address as it is, written with percent signs; those that are there are left.
  private static func encoded(_ text: String) -> String {
    let digits = Array("0123456789ABCDEF")
    return text.utf8.reduce(into: "") { result, byte in
      let isPlain = byte > 0x20 && byte < 0x7f && !"\"<>^`{|}".utf8.contains(byte)
      result += isPlain ? String(UnicodeScalar(byte)) : "%\(digits[Int(byte >> 4)])\(digits[Int(byte & 15)])"
    }
  }
}
