// SPDX-License-Identifier: Apache-2.0
import Testing

@testable import jackfield

@Suite struct HelpTextTests {
  @Test(arguments: CommandTable.all.map(\.name))
  func everythingOfAVerbIsInItsHelp(name: String) throws {
    let subcommand = try #require(CommandTable.all.first { $0.name == name })
    let lines = HelpText.of(subcommand).split(separator: "\n").map(String.init)
    #expect(lines.first?.hasPrefix("usage: jackfield \(name)") == true)
    #expect(!subcommand.summary.isEmpty)
    for option in subcommand.allOptions {
      #expect(!option.help.isEmpty)
      #expect(lines.contains { $0.hasPrefix("  \(option.name)") }, "\(option.name)")
    }
    for example in subcommand.examples {
      #expect(example.hasPrefix("jackfield "))
      #expect(lines.contains("  \(example)"))
    }
  }

  /// Examples and usage lines are for copying and stay whole; all else fits a small terminal.
  @Test(arguments: CommandTable.all.map(\.name))
  func helpFitsEightyColumns(name: String) throws {
    let subcommand = try #require(CommandTable.all.first { $0.name == name })
    for line in HelpText.of(subcommand).split(separator: "\n").dropFirst() where !subcommand.examples.contains(String(line.dropFirst(2))) {
      #expect(line.count <= 80, "\(line)")
    }
  }

  @Test(arguments: CommandTable.all.filter { !$0.isHidden }.flatMap { verb in verb.examples.map { (verb.name, $0) } })
  func examplesAreUnderstood(name: String, example: String) throws {
    // Good enough for our examples: quotes hold one word together.
    let words = example.split(separator: "|")[0].split(separator: "'", omittingEmptySubsequences: false).enumerated().flatMap {
      $0.offset % 2 == 1 ? [String($0.element)] : $0.element.split(separator: " ").map(String.init)
    }
    #expect(words[1] == name)
    let subcommand = try #require(CommandTable.all.first { $0.name == name })
    #expect(throws: Never.self) { try WordParser(subcommand: subcommand).parse(Array(words.dropFirst(2))) }
  }

  @Test func overviewIsPinned() {
    #expect(
      HelpText.overview(CommandTable.all) == """
        usage: jackfield COMMAND [OPTIONS]

        A host for Python work: training runs, kernels, scripts, and whatever plugins
        bring.

          serve       start a host here, in the foreground
          status      show the host, its plugins, and how its commands are doing
          dashboard   open the page that shows everything, in your browser
          top         show what the plugins are doing, live
          run         run a script that may ask whoever is attached
          attach      show what running scripts say, and answer what they ask
          exec        run a file, or the block at a line of it, in its kernel
          repl        type code into a file's kernel
          watch       show what expressions are in a file's kernel, after every run
          kernels     show the kernels, live, and interrupt, restart or end them
          kernel      start, attach, share and end kernels
          dap         stand between an editor and a debug adapter
          plugins     list plugins, and say why one was not loaded
          commands    list what can be called
          call        call a command and print its answer
          events      show events as they happen
          config      show or check the configuration
          reload      read the configuration again and look for new plugins
          stop        stop the host in order, and wait until it has
          doctor      look for what is wrong, and say how to mend it
          version     print the version
          completion  print a completion script for a shell

        'jackfield COMMAND --help' explains one. --home DIR goes with every command.
        Exit status: 0 done, 1 failed, 2 wrong usage, 3 no host is running, 130 Ctrl-C.
        """)
  }

  @Test func helpOfReloadIsPinned() {
    #expect(
      HelpText.of(.reload) == """
        usage: jackfield reload [OPTIONS]

        read the configuration again and look for new plugins

        Either all of it is taken, or nothing changes and the reasons are told.

        options:
          --json      print JSON
          --home DIR  the host's directory (default: $JACKFIELD_HOME, else the XDG
                      directories)
          --help      explain this command

        examples:
          jackfield reload
        """)
  }

  @Test func longLeftSidesHaveALineOfTheirOwn() {
    let name = "  --" + String(repeating: "x", count: 40)
    #expect(
      HelpText.columns([(name, "long"), ("  --a", "short")]) == "\(name)\n\(String(repeating: " ", count: 34))long\n  --a"
        + String(repeating: " ", count: 29) + "short")
  }
}
