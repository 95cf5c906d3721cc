// SPDX-License-Identifier: Apache-2.0

/// How images are shown.
enum ImageWay: String, CaseIterable {
  /// As the terminal says it can; else as files.
  case auto
  /// The protocol of kitty, which Ghostty, WezTerm and Konsole know, too.
  case kitty
  case sixel
  /// As files whose paths are shown.
  case path

  init(option: String?) throws(UsageError) {
    guard let option else { self = .auto; return }
    guard let way = ImageWay(rawValue: option) else {
      throw UsageError(
        "'--image' cannot be '\(option)'; it is one of \(Self.allCases.map(\.rawValue).joined(separator: ", "))", subcommand: "exec")
    }
    self = way
  }
}
