// SPDX-License-Identifier: Apache-2.0
import Synchronization
import Testing

@testable import jackfield

@Suite struct ApplicationTests {
  private final class Transcript: Sendable {
    let lines = Mutex<[String]>([])

    func add(_ text: String) { lines.withLock { $0.append(text) } }
  }

  private struct Other: Error, CustomStringConvertible {
    var description: String { "something else" }
  }

  /// Runs a small application and returns the status and everything it said; "! " is before errors.
  private func run(_ words: [String], _ subcommands: [Subcommand]? = nil) -> (status: Int32, said: [String]) {
    let transcript = Transcript()
    let show = Subcommand(
      name: "show", summary: "show it", arguments: "[WORD…]", options: [.json],
      run: { invocation in
        transcript.add("show \(invocation.arguments.joined(separator: " ")) home=\(invocation.value("--home") ?? "-")")
        return 0
      })
    let fail = Subcommand(
      name: "fail", summary: "fail", arguments: "HOW",
      run: { invocation in
        switch try invocation.arguments(1...1)[0] {
        case "quietly": throw CommandFailure("", status: 7)
        case "aloud": throw CommandFailure("it went wrong; try again", status: 3)
        default: throw Other()
        }
      })
    let version = Subcommand(
      name: "version", summary: "version",
      run: { _ in
        transcript.add("1.0"); return 0
      })
    let application = Application(
      subcommands: subcommands ?? [show, fail, version], print: { transcript.add($0) }, printError: { transcript.add("! " + $0) })
    let status = application.run(words)
    return (status, transcript.lines.withLock { $0 })
  }

  @Test(
    arguments: [
      (["show"], 0, ["show  home=-"]),
      (["show", "a", "--json", "b"], 0, ["show a b home=-"]),
      (["--home", "d", "show"], 0, ["show  home=d"]),
      (["--home=d", "show", "x"], 0, ["show x home=d"]),
      (["--home", "d", "show", "--home", "e"], 0, ["show  home=e"]),
      (["--home", "d", "show", "--", "x"], 0, ["show x home=d"]),
      (["--version"], 0, ["1.0"]),
      (["fail", "quietly"], 7, []),
      (["fail", "aloud"], 3, ["! jackfield: it went wrong; try again"]),
      (["fail", "otherwise"], 1, ["! jackfield: something else"]),
      (["fail"], 2, ["! jackfield: 'jackfield fail' wants HOW; 0 given", "! Try 'jackfield fail --help'."]),
      (["shwo"], 2, ["! jackfield: there is no command 'shwo'; did you mean 'show'?", "! Try 'jackfield --help'."]),
      (["wholly-other"], 2, ["! jackfield: there is no command 'wholly-other'", "! Try 'jackfield --help'."]),
      (
        ["runs.list"], 2,
        ["! jackfield: there is no command 'runs.list'; did you mean 'jackfield call runs.list'?", "! Try 'jackfield --help'."]
      ),
      ([""], 2, ["! jackfield: there is no command ''", "! Try 'jackfield --help'."]),
      (
        ["--json", "show"], 2,
        ["! jackfield: the option '--json' has no command before it; write jackfield COMMAND --json", "! Try 'jackfield --help'."]
      ),
      (["--home"], 2, ["! jackfield: '--home' wants a value: --home DIR", "! Try 'jackfield --help'."]),
      (
        ["show", "--jsno"], 2,
        ["! jackfield: 'jackfield show' has no option '--jsno'; did you mean '--json'?", "! Try 'jackfield show --help'."]
      ),
      (["help", "shwo"], 2, ["! jackfield: there is no command 'shwo'; did you mean 'show'?", "! Try 'jackfield --help'."]),
    ] as [([String], Int32, [String])])
  func wordsLeadToAStatusAndSentences(words: [String], status: Int32, said: [String]) {
    let outcome = run(words)
    #expect(outcome.status == status)
    #expect(outcome.said == said)
  }

  @Test(arguments: [["help"], ["--help"], ["-h"], ["help", "--help"], ["--home", "d", "help"]])
  func helpIsAnOverview(words: [String]) {
    let outcome = run(words, CommandTable.all)
    #expect(outcome.status == 0)
    #expect(outcome.said == [HelpText.overview(CommandTable.all)])
  }

  @Test func noWordsAreWrongUsage() {
    let outcome = run([], CommandTable.all)
    #expect(outcome.status == 2)
    #expect(outcome.said == [HelpText.overview(CommandTable.all)])
  }

  @Test(arguments: CommandTable.all.map(\.name))
  func eachVerbExplainsItself(name: String) throws {
    let subcommand = try #require(CommandTable.all.first { $0.name == name })
    for words in [[name, "--help"], [name, "-h"], ["help", name], ["--home", "d", name, "--help"]] {
      let outcome = run(words, CommandTable.all)
      #expect(outcome.status == 0)
      #expect(outcome.said == [HelpText.of(subcommand)])
    }
  }
}
