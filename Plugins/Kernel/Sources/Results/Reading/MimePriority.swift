// SPDX-License-Identifier: Apache-2.0

/// Which of the forms of an output a client shows best.
enum MimePriority {
  /// The richest first; `*` stands for anything.
  static let standard = [
    "application/vnd.jupyter.widget-view+json", "application/vnd.plotly.*", "application/vnd.vegalite.*", "application/vnd.vega.*",
    "application/vnd.bokehjs_exec.*", "text/html", "image/svg+xml", "image/png", "image/jpeg", "image/gif", "image/*", "text/markdown",
    "text/latex", "application/pdf", "application/json", "*+json", "text/*", "text/plain",
  ]

  /// What a client must not run or draw without a wall around it: it came from code, and code may show what others wrote.
  static func isUntrusted(_ type: String) -> Bool {
    matches(type, "text/html") || matches(type, "image/svg+xml") || type.contains("javascript") || type.contains("bokehjs")
      || matches(type, "text/xml") || matches(type, "application/xhtml+xml") || matches(type, "text/markdown")
  }

  /// The best of some types for a client.
  ///
  /// - Parameter accept: Types the client can show, `image/*` and the like; its own order counts when `isOrdered`. Nil: all.
  static func best(of types: [String], accept: [String]? = nil, isOrdered: Bool = false) -> String? {
    let shown = types.filter { type in accept?.contains { matches(type, $0) } ?? true }
    let order = (isOrdered ? accept ?? [] : []) + standard
    func rank(_ type: String) -> Int {
      if type == "text/plain", !isOrdered { return order.count }
      return order.firstIndex { matches(type, $0) } ?? order.count - 1
    }
    return shown.min { (rank($0), $0) < (rank($1), $1) }
  }

  static func isImage(_ type: String) -> Bool { type.hasPrefix("image/") }

  /// Whether a type is one that a pattern names. Parameters of the type, and capitals, make no difference.
  static func matches(_ type: String, _ pattern: String) -> Bool {
    let type = type.split(separator: ";").first.map { $0.lowercased() } ?? ""
    let parts = pattern.lowercased().split(separator: "*", maxSplits: 1, omittingEmptySubsequences: false)
    guard parts.count == 2 else { return type == pattern.lowercased() }
    return type.utf8.count >= parts[0].utf8.count + parts[1].utf8.count && type.hasPrefix(parts[0]) && type.hasSuffix(parts[1])
  }
}
