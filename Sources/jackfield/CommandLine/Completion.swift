// SPDX-License-Identifier: Apache-2.0

/// What may stand at the end of a command line.
struct Completion {
  /// What is known when a verb is asked what may come next.
  struct Request {
    /// Words behind the verb that are no options.
    var arguments: [String]
    var home: String?
    /// The word before the one being typed, if it stands behind the verb.
    var previous: String?
    /// The word being typed, as far as it is there.
    var typed: String
  }

  let subcommands: [Subcommand]

  /// - Parameter words: Behind "jackfield"; the last one is being typed and may be empty.
  func candidates(_ words: [String]) -> [String] {
    guard let typed = words.last else { return [] }
    var before = words.dropLast()
    guard let home = try? Application.leadingHome(&before) else { return [] }  // its value is being typed
    if before.first == "help" { before.removeFirst() }
    guard let verb = before.popFirst() else {
      return Self.matching(typed, (subcommands.filter { !$0.isHidden }.map(\.name) + (words.count == 1 ? ["help"] : [])))
    }
    guard let subcommand = subcommands.first(where: { $0.name == verb }) else { return [] }
    // An option that waits for its value: only the person knows it, unless there are few.
    if let waiting = subcommand.allOptions.first(where: { $0.name == before.last && $0.value != nil }) {
      return Self.matching(typed, waiting.choices)
    }
    let invocation = try? WordParser(subcommand: subcommand).parse(home + before)
    var possible = typed.hasPrefix("-") ? subcommand.allOptions.map(\.name) : []
    if !typed.hasPrefix("-") || subcommand.takesOtherOptions {
      possible += subcommand.complete(
        Request(arguments: invocation?.arguments ?? [], home: invocation?.home, previous: before.last, typed: typed))
    }
    return Self.matching(typed, possible)
  }

  /// Only words that a shell takes as they are: names may come from a plugin.
  private static func matching(_ prefix: String, _ words: [String]) -> [String] {
    Set(words.filter { word in word.hasPrefix(prefix) && word.unicodeScalars.allSatisfy(isHarmless) }).sorted()
  }

  private static func isHarmless(_ scalar: Unicode.Scalar) -> Bool {
    scalar.properties.isAlphabetic || "0123456789-_.=/:,+@%".unicodeScalars.contains(scalar)
  }
}
