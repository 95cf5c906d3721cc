// SPDX-License-Identifier: Apache-2.0
import Host

/// Sorts the words behind a verb into options and arguments.
struct WordParser {
  let subcommand: Subcommand

  func parse(_ words: [String]) throws(UsageError) -> Invocation {
    var invocation = Invocation(subcommand: subcommand)
    var rest = words[...]
    while let word = rest.popFirst() {
      if word == "--" {
        invocation.arguments += rest
        break
      }
      guard Self.isOption(word) else {
        invocation.arguments.append(word)
        continue
      }
      let (name, inline) = Self.split(word)
      if let option = option(name) {
        try take(option, inline, &rest, into: &invocation)
      } else if subcommand.takesOtherOptions || passesOn(invocation) {
        invocation.others.append(word)
        // A value may follow; whether it does only the verb knows, so it is handed the next word with it.
        if inline == nil, let next = rest.first, !Self.isOption(next) { invocation.others.append(rest.removeFirst()) }
      } else {
        throw unknown(name)
      }
    }
    return invocation
  }

  /// "-" stands for standard input, and a number may be negative.
  static func isOption(_ word: String) -> Bool { word.hasPrefix("-") && word != "-" && Double(word) == nil }

  /// "--name=value" is one word.
  static func split(_ word: String) -> (name: String, value: String?) {
    guard word.hasPrefix("--"), let equals = word.firstIndex(of: "=") else { return (word, nil) }
    return (String(word[..<equals]), String(word[word.index(after: equals)...]))
  }

  private func passesOn(_ invocation: Invocation) -> Bool { subcommand.passesOnBehind.map { $0 == invocation.arguments.first } ?? false }

  private func option(_ name: String) -> OptionSpec? {
    subcommand.allOptions.first { $0.name == name || (name == "-h" && $0.name == "--help") }
  }

  private func take(
    _ option: OptionSpec, _ inline: String?, _ rest: inout ArraySlice<String>, into invocation: inout Invocation
  ) throws(UsageError) {
    guard let placeholder = option.value else {
      guard inline == nil else { throw UsageError("'\(option.name)' takes no value", subcommand: subcommand.name) }
      invocation.options[option.name] = [""]
      return
    }
    // Another option is no value: "--home --json" is a value forgotten, not a directory of that name.
    let follows = rest.first.map { $0 != "--" && self.option(Self.split($0).name) == nil } ?? false
    guard let value = inline ?? (follows ? rest.removeFirst() : nil), !value.isEmpty else {
      throw UsageError("'\(option.name)' wants a value: \(option.name) \(placeholder)", subcommand: subcommand.name)
    }
    if option.repeats {
      invocation.options[option.name, default: []].append(value)
    } else {
      invocation.options[option.name] = [value]
    }
  }

  private func unknown(_ name: String) -> UsageError {
    UsageError(
      "'jackfield \(subcommand.name)' has no option '\(name)'\(NearMiss.hint(for: name, in: subcommand.allOptions.map(\.name)))",
      subcommand: subcommand.name)
  }
}
