// SPDX-License-Identifier: Apache-2.0
import Host

/// Finds the verb, runs it, and turns what went wrong into a sentence and an exit status.
struct Application {
  let subcommands: [Subcommand]

  func run(_ words: [String]) -> Int32 {
    do {
      return try dispatch(words)
    } catch let error as UsageError {
      Terminal.printError("jackfield: \(error)")
      Terminal.printError("Try 'jackfield \(error.subcommand.map { "\($0) " } ?? "")--help'.")
      return SystemExit.usage
    } catch let error as CommandFailure {
      if !error.description.isEmpty { Terminal.printError("jackfield: \(error)") }
      return error.status
    } catch {
      Terminal.printError("jackfield: \(error)")
      return SystemExit.failed
    }
  }

  private func dispatch(_ words: [String]) throws -> Int32 {
    // "jackfield --home DIR status" works as "jackfield status --home DIR" does.
    var words = words
    var leading: [String] = []
    while let first = words.first, first == "--home" || first.hasPrefix("--home=") {
      let count = first == "--home" ? min(2, words.count) : 1
      leading += words.prefix(count)
      words.removeFirst(count)
    }
    guard let verb = words.first else {
      Terminal.print(HelpText.overview(subcommands))
      return SystemExit.usage
    }
    if ["help", "--help", "-h"].contains(verb) { return try help(Array(words.dropFirst())) }
    if verb == "--version" { return try dispatch(["version"]) }
    guard let subcommand = subcommands.first(where: { $0.name == verb }) else { throw unknown(verb) }
    let invocation = try WordParser(subcommand: subcommand).parse(Array(words.dropFirst()) + leading)
    if invocation.has("--help"), !subcommand.takesOtherOptions || invocation.arguments.isEmpty {
      Terminal.print(HelpText.of(subcommand))
      return SystemExit.ok
    }
    return try subcommand.run(invocation)
  }

  private func help(_ words: [String]) throws -> Int32 {
    guard let name = words.first else {
      Terminal.print(HelpText.overview(subcommands))
      return SystemExit.ok
    }
    guard let subcommand = subcommands.first(where: { $0.name == name }) else { throw unknown(name) }
    Terminal.print(HelpText.of(subcommand))
    return SystemExit.ok
  }

  private func unknown(_ verb: String) -> UsageError {
    let known = subcommands.filter { !$0.isHidden }.map(\.name)
    let hint = NearMiss.closest(to: verb, in: known).map { "; did you mean '\($0)'?" } ?? ""
    return UsageError("there is no command '\(verb)'\(hint)")
  }
}
