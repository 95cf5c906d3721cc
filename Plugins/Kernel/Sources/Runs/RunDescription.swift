// SPDX-License-Identifier: Apache-2.0

/// What is run where: settled when it is queued.
struct RunDescription: Sendable, Hashable {
  /// Unique for ever, a UUID.
  var id: String
  var kernel: String
  /// The file's absolute path or URI; nil for code from nowhere.
  var document: String?
  /// Lines of the document, from 1, both inclusive; nil without a document.
  var lines: ClosedRange<Int>?
  /// As it was sent to the kernel.
  var code: String
  /// As it stands in the document, for the content hash; equal to `code` but for the indentation.
  var source: String
  /// Who asked, as "cli" or an editor's name.
  var client: String
  /// Unix time in seconds.
  var queued: Double
  /// Whether the result is kept; watches and one-off questions are not.
  var keepsResult = true
}
