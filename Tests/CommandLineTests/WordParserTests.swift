// SPDX-License-Identifier: Apache-2.0
import Testing

@testable import jackfield

@Suite struct WordParserTests {
  static let verb = Subcommand(
    name: "try", summary: "",
    options: [
      OptionSpec(name: "--name", value: "NAME", help: ""), OptionSpec(name: "--also", value: "DIR", repeats: true, help: ""), .json,
    ], run: { _ in 0 })

  static let open = {
    var open = verb
    open.takesOtherOptions = true
    return open
  }()

  @Test(arguments: [
    (["proxy", "--json", "--Its.own=1", "--other", "x"], ["--Its.own=1", "--other", "x"]),
    (["proxy"], []),
  ])
  func whatIsSomebodyElsesIsPassedOn(words: [String], others: [String]) throws {
    var verb = Self.verb
    verb.passesOnBehind = "proxy"
    let invocation = try WordParser(subcommand: verb).parse(words)
    #expect(invocation.arguments == ["proxy"] && invocation.others == others)
    #expect(throws: UsageError.self) { try WordParser(subcommand: verb).parse(["--Its.own=1"] + words) }
    #expect(throws: UsageError.self) { try WordParser(subcommand: verb).parse(["list", "--Its.own=1"]) }
  }

  @Test(
    arguments: [
      ([], [], [:]),
      (["a", "b"], ["a", "b"], [:]),
      (["--json", "a"], ["a"], ["--json": [""]]),
      (["a", "--json"], ["a"], ["--json": [""]]),
      (["a", "--name", "x", "b"], ["a", "b"], ["--name": ["x"]]),
      (["--name=x"], [], ["--name": ["x"]]),
      (["--name=x=y"], [], ["--name": ["x=y"]]),
      (["--name", "x", "--name", "y"], [], ["--name": ["y"]]),
      (["--also", "x", "--also=y"], [], ["--also": ["x", "y"]]),
      (["--name", "-1"], [], ["--name": ["-1"]]),
      (["--name", "-x"], [], ["--name": ["-x"]]),
      (["-1", "-2.5e3"], ["-1", "-2.5e3"], [:]),
      (["-"], ["-"], [:]),
      (["", " "], ["", " "], [:]),
      (["--", "--json", "--"], ["--json", "--"], [:]),
      (["--json", "--", "-x"], ["-x"], ["--json": [""]]),
      (["-h"], [], ["--help": [""]]),
      (["--home", "d"], [], ["--home": ["d"]]),
    ] as [([String], [String], [String: [String]])])
  func wordsAreSorted(words: [String], arguments: [String], options: [String: [String]]) throws {
    let invocation = try WordParser(subcommand: Self.verb).parse(words)
    #expect(invocation.arguments == arguments)
    #expect(invocation.options == options)
    #expect(invocation.others.isEmpty)
  }

  @Test(arguments: [
    (["--jsn"], "'jackfield try' has no option '--jsn'; did you mean '--json'?"),
    (["-json"], "'jackfield try' has no option '-json'; did you mean '--json'?"),
    (["--wholly-other=1"], "'jackfield try' has no option '--wholly-other'"),
    (["--name"], "'--name' wants a value: --name NAME"),
    (["--name="], "'--name' wants a value: --name NAME"),
    (["--name", ""], "'--name' wants a value: --name NAME"),
    (["--name", "--json"], "'--name' wants a value: --name NAME"),
    (["--name", "--also=x"], "'--name' wants a value: --name NAME"),
    (["--name", "--"], "'--name' wants a value: --name NAME"),
    (["--json=yes"], "'--json' takes no value"),
  ])
  func wrongWordsAreExplained(words: [String], message: String) {
    let error = #expect(throws: UsageError.self) { try WordParser(subcommand: Self.verb).parse(words) }
    #expect(error?.description == message)
    #expect(error?.subcommand == "try")
  }

  @Test(arguments: [
    (["x", "--run", "a", "--json"], ["x"], ["--run", "a"]),
    (["x", "--run=a", "b"], ["x", "b"], ["--run=a"]),
    (["x", "--depth", "-3"], ["x"], ["--depth", "-3"]),
    (["x", "--quick", "--run", "a"], ["x"], ["--quick", "--run", "a"]),
    (["x", "--", "--json"], ["x", "--json"], []),
  ])
  func otherOptionsAreLeftToTheVerb(words: [String], arguments: [String], others: [String]) throws {
    let invocation = try WordParser(subcommand: Self.open).parse(words)
    #expect(invocation.arguments == arguments)
    #expect(invocation.others == others)
  }
}
