// SPDX-License-Identifier: Apache-2.0

extension Duration {
  /// As "30 s" or "250 ms".
  var inWords: String {
    let milliseconds = Int64((self / .milliseconds(1)).rounded())
    return milliseconds % 1_000 == 0 ? "\(milliseconds / 1_000) s" : "\(milliseconds) ms"
  }

  /// Whole milliseconds until then, rounded up, at least 0, at most a day.
  var roundedUpMilliseconds: Int32 { Int32(max(0, min(86_400_000, (self / .milliseconds(1)).rounded(.up)))) }
}
