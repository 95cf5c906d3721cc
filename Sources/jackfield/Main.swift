// SPDX-License-Identifier: Apache-2.0

/// The command line of Jackfield.
@main
struct Main {
  static func main() {
    SystemExit.end(Application(subcommands: CommandTable.all).run(Array(CommandLine.arguments.dropFirst())))
  }
}
