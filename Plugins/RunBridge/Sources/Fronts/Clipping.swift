// SPDX-License-Identifier: Apache-2.0

extension String {
  /// The text, or its beginning with an ellipsis when it is longer than so many bytes of UTF-8.
  func clipped(_ bytes: Int) -> String {
    guard utf8.count > bytes else { return self }
    var end = utf8.index(utf8.startIndex, offsetBy: bytes)
    while end > utf8.startIndex, utf8[end] & 0xC0 == 0x80 { utf8.formIndex(before: &end) }
    return String(self[..<end]) + "…"
  }
}
