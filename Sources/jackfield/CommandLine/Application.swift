// SPDX-License-Identifier: Apache-2.0
import Host

/// Finds the verb, runs it, and turns what went wrong into a sentence and an exit status.
struct Application {
  let subcommands: [Subcommand]
  /// Where texts of help go.
  var print: (String) -> Void = { Terminal.print($0) }
  /// Where sentences about what went wrong go.
  var printError: (String) -> Void = { Terminal.printError($0) }

  func run(_ words: [String]) -> Int32 {
    do {
      return try dispatch(words[...])
    } catch let error as UsageError {
      printError("jackfield: \(error)")
      printError("Try 'jackfield \(error.subcommand.map { "\($0) " } ?? "")--help'.")
      return SystemExit.usage
    } catch let error as CommandFailure {
      if !error.description.isEmpty { printError("jackfield: \(error)") }
      return error.status
    } catch {
      printError("jackfield: \(error)")
      return SystemExit.failed
    }
  }

  private func dispatch(_ words: ArraySlice<String>) throws -> Int32 {
    var words = words
    let home = try Self.leadingHome(&words)
    guard let verb = words.popFirst() else {
      print(HelpText.overview(subcommands))
      return SystemExit.usage
    }
    switch verb {
    case "help", "--help", "-h":
      guard let name = words.popFirst(), !name.hasPrefix("-") else {
        print(HelpText.overview(subcommands))
        return SystemExit.ok
      }
      return try run(name, home + ["--help"] + words)
    case "--version": return try run("version", home + words)
    default: return try run(verb, home + words)
    }
  }

  private func run(_ verb: String, _ words: [String]) throws -> Int32 {
    guard let subcommand = subcommands.first(where: { $0.name == verb }) else { throw unknown(verb) }
    let invocation = try WordParser(subcommand: subcommand).parse(words)
    if invocation.has("--help"), !subcommand.takesOtherOptions || invocation.arguments.isEmpty {
      print(HelpText.of(subcommand))
      return SystemExit.ok
    }
    return try subcommand.run(invocation)
  }

  /// Takes "--home DIR" off the front: "jackfield --home DIR status" works as "jackfield status --home DIR" does.
  static func leadingHome(_ words: inout ArraySlice<String>) throws(UsageError) -> [String] {
    var leading: [String] = []
    while let first = words.first, first == "--home" || first.hasPrefix("--home=") {
      let count = first == "--home" ? 2 : 1
      guard words.count >= count else { throw UsageError("'--home' wants a value: --home DIR") }
      leading += words.prefix(count)
      words.removeFirst(count)
    }
    return leading
  }

  private func unknown(_ verb: String) -> UsageError {
    if verb.hasPrefix("-") { return UsageError("the option '\(verb)' has no command before it; write jackfield COMMAND \(verb)") }
    let known = subcommands.filter { !$0.isHidden }.map(\.name)
    // "jackfield runs.list" was surely meant as a call.
    let hint = verb.contains(".") ? "; did you mean 'jackfield call \(verb)'?" : NearMiss.hint(for: verb, in: known)
    return UsageError("there is no command '\(verb)'\(hint)")
  }
}
