// SPDX-License-Identifier: Apache-2.0
import JSON

/// Reads what `size` and `capacity` say: a number, or { "of": …, "times": …, "plus": … }.
struct SizeRuleReader {
  /// The arguments of the function.
  let arguments: ArgumentNames

  func read(_ value: JSONValue, _ path: [SignatureFault.Step], _ faults: FaultList) -> SizeRule? {
    guard value.objectValue != nil else {
      if let count = value.intValue, (1...Limits.bytes).contains(count) { return .fixed(count) }
      let what = value.doubleValue == nil ? value.kindInWords : value.serialized()
      faults.report(path, "is \(what); write a number of bytes from 1 to \(Limits.bytes), or { \"of\": \"argument\" }")
      return nil
    }
    guard let part = Part(value, at: path, keys: ["of", "times", "plus"], faults: faults) else { return nil }
    let times = part.integer("times", in: 1...Limits.bytes) ?? 1
    let plus = part.integer("plus", in: 0...Limits.bytes) ?? 0
    let factors = words(part).compactMap { factor($0, part) }
    return factors.isEmpty ? nil : SizeRule(factors: factors, times: times, plus: plus)
  }

  private func words(_ part: Part) -> [String] {
    let value = part.members["of"] ?? .null
    let words = value.stringValue.map { [$0] } ?? value.arrayValue?.compactMap(\.stringValue) ?? []
    if words.isEmpty || words.count > 4 || words.count != value.arrayValue?.count ?? 1 {
      part.report(
        "of", "must name one to four arguments whose values are multiplied; write \"of\": \"width\" or \"of\": [\"width\", \"height\"]")
      return []
    }
    return words
  }

  private func factor(_ word: String, _ part: Part) -> SizeRule.Factor? {
    let halves = word.split(separator: ".", omittingEmptySubsequences: false).map(String.init)
    guard halves.count <= 2, let index = arguments.index(of: halves[0]) else {
      part.report("of", "names '\(word)', which is no argument of this function\(arguments.hint)")
      return nil
    }
    switch (arguments.word(index), halves.dropFirst().first) {
    case (.scalar(let type)?, nil) where type.isInteger && arguments.isPlainInput(index): return .argument(index)
    case (.buffer?, nil) where arguments.direction(index) != .out: return .argument(index)
    case (.handle?, let maker?) where arguments.direction(index) == .in: return .maker(handle: index, argument: maker)
    default:
      part.report(
        "of", "names '\(word)'; write a whole number or a buffer that goes in, or 'handle.argument' for a number the handle was made with")
      return nil
    }
  }
}
