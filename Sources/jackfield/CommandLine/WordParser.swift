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
      guard word.hasPrefix("-"), word != "-", Double(word) == nil else {
        invocation.arguments.append(word)
        continue
      }
      try take(word, &rest, into: &invocation)
    }
    return invocation
  }

  private func take(_ word: String, _ rest: inout ArraySlice<String>, into invocation: inout Invocation) throws(UsageError) {
    let (name, inline) = split(word)
    guard let option = subcommand.allOptions.first(where: { $0.name == name || (name == "-h" && $0.name == "--help") }) else {
      guard subcommand.takesOtherOptions else { throw unknown(name) }
      invocation.others.append(word)
      // A value may follow; whether it does only the verb knows, so it is handed everything up to the next option.
      while let next = rest.first, inline == nil, !isOption(next) { invocation.others.append(next); rest.removeFirst(); break }
      return
    }
    guard option.value != nil else {
      guard inline == nil else { throw UsageError("'\(name)' takes no value", subcommand: subcommand.name) }
      invocation.options[option.name] = [""]
      return
    }
    guard let value = inline ?? rest.popFirst() else {
      throw UsageError("'\(name)' wants a value: \(name) \(option.value ?? "VALUE")", subcommand: subcommand.name)
    }
    if option.repeats {
      invocation.options[option.name, default: []].append(value)
    } else {
      invocation.options[option.name] = [value]
    }
  }

  private func isOption(_ word: String) -> Bool { word.hasPrefix("-") && word != "-" && Double(word) == nil }

  /// "--name=value" is one word.
  private func split(_ word: String) -> (name: String, value: String?) {
    guard word.hasPrefix("--"), let equals = word.firstIndex(of: "=") else { return (word, nil) }
    return (String(word[..<equals]), String(word[word.index(after: equals)...]))
  }

  private func unknown(_ name: String) -> UsageError {
    let known = subcommand.allOptions.map(\.name)
    let hint = NearMiss.closest(to: name, in: known).map { "; did you mean '\($0)'?" } ?? ""
    return UsageError("'jackfield \(subcommand.name)' has no option '\(name)'\(hint)", subcommand: subcommand.name)
  }
}
