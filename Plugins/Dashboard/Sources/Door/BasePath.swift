// SPDX-License-Identifier: Apache-2.0

/// What all paths of the page begin with: "/", or "/jackfield/" behind a proxy that serves other things too.
struct BasePath: Sendable, Hashable {
  /// What a path is, seen from here.
  enum Place: Hashable {
    case below([String])
    /// Its last slash is missing.
    case itself
    case elsewhere
  }

  /// With a slash at both ends.
  let text: String
  private let parts: [String]

  /// - Parameter text: With or without slashes at its ends.
  init(_ text: String = "/") {
    parts = text.split(separator: "/").map(String.init)
    self.text = parts.isEmpty ? "/" : "/\(parts.joined(separator: "/"))/"
  }

  /// - Parameter segments: Of a request's path; the last one is empty when it ends with a slash.
  func place(of segments: [String]) -> Place {
    if !parts.isEmpty, segments == parts { return .itself }
    guard segments.count > parts.count, segments.starts(with: parts) else { return .elsewhere }
    return .below(Array(segments.dropFirst(parts.count)))
  }
}
