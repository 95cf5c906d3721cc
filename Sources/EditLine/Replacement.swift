// SPDX-License-Identifier: Apache-2.0

/// What Tab found: texts of which one may stand before the cursor.
public struct Replacement: Equatable, Sendable {
  /// How many characters (Unicode code points) before the cursor it takes the place of.
  public var length: Int
  /// The texts, in the order they are shown.
  public var texts: [String]

  /// - Parameters:
  ///   - length: In code points before the cursor.
  ///   - texts: None when there is nothing to complete.
  public init(length: Int, texts: [String]) {
    self.length = length
    self.texts = texts
  }

  /// What all texts begin with.
  public var common: String {
    guard var common = texts.first.map({ Array($0.unicodeScalars) }) else { return "" }
    for text in texts.dropFirst() {
      common = zip(common, text.unicodeScalars).prefix { $0 == $1 }.map(\.0)
    }
    return String(String.UnicodeScalarView(common))
  }
}
