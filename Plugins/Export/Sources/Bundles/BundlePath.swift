// SPDX-License-Identifier: Apache-2.0

/// Names inside bundles: which may be used, and how ours are made.
enum BundlePath {
  private static let longest = 1_024
  private static let deepest = 8

  /// Says what is wrong with a name; nil when it is safe.
  static func objection(to name: String) -> String? {
    let bytes = name.utf8
    if name.isEmpty { return "has no name" }
    if bytes.count > longest { return "has a name of \(bytes.count) bytes, over the limit of \(longest)" }
    if name.unicodeScalars.contains(where: { $0.value < 0x20 || (0x7f...0x9f).contains($0.value) || (0x2028...0x202e).contains($0.value) })
    {
      return "has control characters in its name"
    }
    if name.hasPrefix("/") { return "has an absolute path" }
    if bytes.contains(UInt8(ascii: "\\")) { return "has a backslash in its name" }
    let parts = name.split(separator: "/", omittingEmptySubsequences: false)
    if parts.contains("..") { return "leads out of the bundle" }
    if parts.contains(where: { $0.isEmpty || $0 == "." }) { return "has an odd path" }
    if parts.contains(where: { $0.utf8.count > 255 }) { return "has a part of over 255 bytes in its name" }
    if parts.count > deepest { return "lies deeper than \(deepest) directories" }
    return nil
  }

  /// What two names share that a file system which does not know upper from lower case would take for one.
  static func folded(_ name: String) -> String { name.lowercased() }

  /// A name fit to be shown: escaped, and not too long.
  static func shown(_ name: String) -> String {
    var text = ""
    for scalar in name.unicodeScalars.prefix(100) {
      text += scalar.value < 0x20 || (0x7f...0x9f).contains(scalar.value) ? "\\u{\(String(scalar.value, radix: 16))}" : String(scalar)
    }
    return name.unicodeScalars.count > 100 ? text + "…" : text
  }

  /// A part of a file name made of anything: letters, digits, dots, hyphens, at most sixty.
  static func slug(_ text: String) -> String {
    var slug = ""
    for byte in text.utf8.prefix(240) {
      switch byte {
      case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "0")...UInt8(ascii: "9"),
        UInt8(ascii: "."), UInt8(ascii: "_"):
        slug.unicodeScalars.append(Unicode.Scalar(byte))
      default: if slug.last != "-" { slug += "-" }
      }
      if slug.utf8.count == 60 { break }
    }
    while slug.hasPrefix("-") || slug.hasPrefix(".") { slug.removeFirst() }
    while slug.hasSuffix("-") || slug.hasSuffix(".") { slug.removeLast() }
    return slug.isEmpty ? "run" : slug
  }
}
