// SPDX-License-Identifier: Apache-2.0

extension String {
  /// The beginning of a text that somebody else wrote, fit to be shown in one line: without control characters.
  func shown(limit: Int) -> String {
    let text = String(String.UnicodeScalarView(unicodeScalars.prefix(limit).map { $0.properties.generalCategory == .control ? " " : $0 }))
    return unicodeScalars.dropFirst(limit).isEmpty ? text : text + "…"
  }

  /// The end of what a process said, fit to be shown: newlines and tabs are the only control characters left, and bytes that are no
  /// UTF-8 are marked. Nothing that moves a terminal's cursor gets through.
  init(spoken bytes: some Collection<UInt8>, limit: Int) {
    // A character cut in two by the limit loses its rest.
    let end = Array(bytes.suffix(limit).drop { $0 & 0xC0 == 0x80 })
    let scalars = String(decoding: end, as: UTF8.self).unicodeScalars
    self.init(String.UnicodeScalarView(scalars.filter { $0 == "\n" || $0 == "\t" || $0.properties.generalCategory != .control }))
  }
}
