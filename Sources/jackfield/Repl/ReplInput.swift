// SPDX-License-Identifier: Apache-2.0

/// What a person typed at the prompt, line by line, until it is whole.
struct ReplInput: Equatable {
  private(set) var lines: [String] = []

  var code: String { lines.joined(separator: "\n") }
  var isEmpty: Bool { lines.isEmpty }

  mutating func add(_ line: String) { lines.append(line) }

  /// What is asked about a name: "name?" or, with its source, "name??"; nil for code.
  var question: (name: String, level: Int)? {
    guard lines.count == 1, let line = lines.first?.trimmingSpaces(), line.hasSuffix("?") else { return nil }
    let name = line.prefix { $0 != "?" }
    let marks = line.dropFirst(name.count)
    guard !name.isEmpty, marks == "?" || marks == "??" else { return nil }
    // "!ls a?" and "%timeit a?" are the kernel's own business.
    guard name.allSatisfy({ $0.isLetter || $0.isNumber || "_.".contains($0) }) else { return nil }
    return (String(name), marks.count - 1)
  }

  /// Where completion looks: the code so far with the line being typed, and the cursor in code points from the beginning of it all.
  func completion(of line: String, cursor: Int) -> (code: String, cursor: Int) {
    guard !lines.isEmpty else { return (line, cursor) }
    return (code + "\n" + line, code.unicodeScalars.count + 1 + cursor)
  }
}

extension String {
  fileprivate func trimmingSpaces() -> Substring {
    var rest = self[...]
    while rest.first == " " { rest.removeFirst() }
    while rest.last == " " { rest.removeLast() }
    return rest
  }
}
