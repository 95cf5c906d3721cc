// SPDX-License-Identifier: Apache-2.0

/// Paths as trainers tell them: relative ones belong to the trainer's working directory, and its files say what is in them.
enum TrainerPath {
  /// The path from the root, as far as the working directory is known.
  static func absolute(_ path: String, in directory: String?) -> String {
    guard !path.hasPrefix("/"), let directory, directory.hasPrefix("/") else { return path }
    var rest = path[...]
    while rest.hasPrefix("./") { rest = rest.dropFirst(2).drop { $0 == "/" } }
    return directory.hasSuffix("/") ? directory + rest : directory + "/" + rest
  }

  /// The step that a checkpoint's name ends in: `PROJECT__RUN__stepN.pt`.
  static func step(of path: String) -> Int64? {
    let name = path.split(separator: "/").last ?? ""
    guard name.hasSuffix(".pt"), let mark = name.dropLast(3).range(ofLast: "__step") else { return nil }
    let digits = name.dropLast(3)[mark.upperBound...]
    return digits.allSatisfy { $0.isASCII && $0.isNumber } ? Int64(digits) : nil
  }
}

extension Substring {
  /// Where a text stands for the last time.
  fileprivate func range(ofLast text: String) -> Range<Index>? {
    var start = endIndex
    while start > startIndex {
      start = index(before: start)
      if self[start...].hasPrefix(text) { return start..<index(start, offsetBy: text.count) }
    }
    return nil
  }
}
