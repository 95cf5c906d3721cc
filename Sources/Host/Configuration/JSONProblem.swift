// SPDX-License-Identifier: Apache-2.0

/// One thing wrong with a JSON value, ready to be put into a sentence with or without its place in a file.
package struct JSONProblem: Hashable, Sendable {
  /// The value, or the key, that is wrong.
  package var path: JSONPath
  /// The key itself is wrong, not the value behind it.
  package var isKey: Bool
  /// "unknown key 'plugin'", "'log.level'".
  package var subject: String
  /// " is a number"; may be empty.
  package var finding: String
  /// "write one of 'debug', 'info'".
  package var cure: String

  package init(path: JSONPath, isKey: Bool = false, subject: String? = nil, finding: String, cure: String) {
    self.path = path
    self.isKey = isKey
    self.subject = subject ?? (path.isTop ? "the whole" : "'\(path)'")
    self.finding = finding
    self.cure = cure
  }

  /// "'log.level' at config.json:3:5 is a number; write text".
  package func sentence(at location: SourceLocation? = nil) -> String {
    let place = location.map { " at \($0)" } ?? ""
    return "\(subject)\(place)\(finding); \(cure)"
  }

  /// Says that a key is not known, and which was probably meant.
  static func unknownKey(_ key: String, at path: JSONPath, known: [String]) -> JSONProblem {
    let cure =
      if let meant = NearMiss.closest(to: key, in: known) {
        "did you mean '\(meant)'?"
      } else if known.isEmpty {
        "delete it"
      } else {
        "known here: \(known.sorted().map { "'\($0)'" }.joined(separator: ", "))"
      }
    return JSONProblem(path: path, isKey: true, subject: "unknown key '\(path)'", finding: "", cure: cure)
  }
}
