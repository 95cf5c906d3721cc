// SPDX-License-Identifier: Apache-2.0

/// A piece of a document that is run by itself.
struct ChosenCode: Sendable, Hashable {
  /// Lines of the document, from 1, both inclusive; nil for code from nowhere.
  var lines: ClosedRange<Int>?
  /// As it is sent: without the indentation that all of it has.
  var code: String
  /// As it stands in the document.
  var source: String
}
