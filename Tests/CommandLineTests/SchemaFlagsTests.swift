// SPDX-License-Identifier: Apache-2.0
import JSON
import Testing

@testable import jackfield

@Suite struct SchemaFlagsTests {
  private let flags = SchemaFlags(command: "runs.list", description: ["summary": "Lists the runs.", "input": exampleSchema])

  @Test(
    arguments: [
      (["--run", "a"], ["run": "a"]),
      (["--run=a=b"], ["run": "a=b"]),
      (["--run="], ["run": ""]),
      (["--run", "a", "--run", "b"], ["run": "b"]),
      (["--run", "-a"], ["run": "-a"]),
      (["--run", "5", "--limit", "-5"], ["run": "5", "limit": -5]),
      (["--run", "a", "--limit", "9223372036854775807"], ["run": "a", "limit": 9_223_372_036_854_775_807]),
      (["--run", "a", "--min-loss", "2.5e-1"], ["run": "a", "minLoss": 0.25]),
      (["--run", "a", "--minLoss", "3"], ["run": "a", "minLoss": 3.0]),
      (["--run", "a", "--archived"], ["run": "a", "archived": true]),
      (["--archived", "--run", "a"], ["run": "a", "archived": true]),
      (["--run", "a", "--no-archived"], ["run": "a", "archived": false]),
      (["--run", "a", "--archived=false"], ["run": "a", "archived": false]),
      (["--run", "a", "--tags", "x", "--tags", "[y"], ["run": "a", "tags": ["x", "[y"]]),
      (["--run", "a", "--tags", #"["x", "y"]"#, "--tags=z"], ["run": "a", "tags": ["x", "y", "z"]]),
      (["--run", "a", "--steps", "1", "--steps", "[2, 3]"], ["run": "a", "steps": [1, 2, 3]]),
      (["--run", "a", "--filter", #"{"b": [1]}"#], ["run": "a", "filter": ["b": [1]]]),
      (["--run", "a", "--state", "running"], ["run": "a", "state": "running"]),
      (["--run", "a", "--anything", "word"], ["run": "a", "anything": "word"]),
      (["--run", "a", "--anything", "[null]"], ["run": "a", "anything": [nil]]),
    ] as [([String], JSONValue)])
  func flagsBecomeArguments(words: [String], value: JSONValue) throws { #expect(try flags.parse(words) == value) }

  @Test(arguments: [
    ([], "'runs.list' wants --run: The run's id."),
    (["--run"], "'--run' wants a value: The run's id."),
    (["--run", "--limit", "3"], "'--run' wants a value: The run's id."),
    (["--run", "a", "b"], "'b' is not a flag of 'runs.list'; flags begin with --"),
    (["--limt", "3"], "'runs.list' has no flag '--limt'; did you mean '--limit'?"),
    (["--timout=3"], "'runs.list' has no flag '--timout'; did you mean '--timeout'?"),
    (
      ["--wholly-other"],
      "'runs.list' has no flag '--wholly-other'; it has --anything, --archived, --filter, --json, --limit, --min-loss, --run, --state, "
        + "--steps, --tags"
    ),
    (["--no-rchived"], "'runs.list' has no flag '--no-rchived'; did you mean '--archived'?"),
    (["--no-archived=true"], "'--no-archived' takes no value"),
    (["--archived=maybe"], "'--archived' of 'runs.list' wants true or false, not 'maybe'"),
    (["--limit", "3.5"], "'--limit' of 'runs.list' wants a whole number within 64 bits, not '3.5'"),
    (["--limit", "many"], "'--limit' of 'runs.list' wants a whole number, not 'many'"),
    (["--limit", "9223372036854775808"], "'--limit' of 'runs.list' wants a whole number within 64 bits, not '9223372036854775808'"),
    (["--min-loss", "1e999"], "'--min-loss' of 'runs.list' wants a number, not '1e999'"),
    (["--min-loss", "nan"], "'--min-loss' of 'runs.list' wants a number, not 'nan'"),
    (["--steps", "x"], "'--steps' of 'runs.list' wants a whole number, not 'x'"),
    (["--filter", "x"], #"'--filter' of 'runs.list' wants a JSON object such as '{"key": 1}', not 'x'"#),
    (["--state", "runing"], "'--state' of 'runs.list' wants one of running, finished, not 'runing'; did you mean 'running'?"),
  ])
  func wrongFlagsAreExplained(words: [String], message: String) {
    let error = #expect(throws: UsageError.self) { try flags.parse(words) }
    #expect(error?.description == message)
    #expect(error?.subcommand == "call runs.list")
  }

  @Test(arguments: [
    ("run", "run"), ("timeoutMs", "timeout-ms"), ("timeout_ms", "timeout-ms"), ("runID", "run-id"), ("URL", "url"), ("x2Y", "x2-y"),
  ])
  func namesAreWrittenInKebabCase(name: String, kebab: String) { #expect(SchemaFlag.kebab(name) == kebab) }

  @Test func aCommandWithoutFlagsSaysSo() throws {
    let flags = SchemaFlags(command: "runs.show", description: [:])
    #expect(try flags.parse([]) == [:])
    #expect(
      #expect(throws: UsageError.self) { try flags.parse(["--x", "1"]) }?.description == "'runs.show' has no flag '--x'; it takes none")
  }

  @Test func helpIsPinned() {
    #expect(
      flags.help() == """
        usage: jackfield call runs.list [--flag value …] [OPTIONS]

        Lists the runs.

        flags:
          --anything JSON
          --archived
          --filter OBJECT
          --json             (to be written behind --)
          --limit INTEGER    At most so many. (default 100)
          --min-loss NUMBER
          --run STRING       The run's id. (required)
          --state STRING     (one of running, finished)
          --steps INTEGER …
          --tags STRING …

        options:
          --timeout TIME  give up after this long: 500ms, 5s, 2m
          --stream        print each chunk of the answer as a line, as it comes
          --json          print the answer as one line, also on a terminal
          --home DIR      the host's directory (default: $JACKFIELD_HOME, else the XDG
                          directories)
          --help          explain this command
        """)
  }

  @Test func helpOfAPluginCannotWriteToTheTerminal() {
    let help = SchemaFlags(command: "x.y", description: ["summary": "red\u{1B}[31m"]).help()
    #expect(help.contains("red?[31m"))
  }
}
