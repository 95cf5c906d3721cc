// SPDX-License-Identifier: Apache-2.0

/// The texts of --help, made from the same table that is parsed by, so that the two cannot part.
enum HelpText {
  static func overview(_ subcommands: [Subcommand]) -> String {
    let rows = subcommands.filter { !$0.isHidden }.map { ("  " + $0.name, $0.summary) }
    return """
      usage: jackfield COMMAND [OPTIONS]

      A host for Python work: training runs, kernels, scripts, and whatever plugins bring.

      \(columns(rows))

      'jackfield COMMAND --help' explains one. --home DIR goes with every command.
      Exit status: 0 done, 1 failed, 2 wrong usage, 3 no host is running.
      """
  }

  static func of(_ subcommand: Subcommand) -> String {
    let head = ["usage: jackfield", subcommand.name, subcommand.arguments, "[OPTIONS]"].filter { !$0.isEmpty }.joined(separator: " ")
    var parts = [head, subcommand.summary]
    if !subcommand.discussion.isEmpty { parts.append(subcommand.discussion) }
    parts.append("options:\n" + columns(subcommand.allOptions.map { ("  " + label($0), $0.help) }))
    if !subcommand.examples.isEmpty { parts.append("examples:\n" + subcommand.examples.map { "  \($0)" }.joined(separator: "\n")) }
    return parts.joined(separator: "\n\n")
  }

  static func label(_ option: OptionSpec) -> String {
    option.name + (option.value.map { " \($0)" } ?? "") + (option.repeats ? " …" : "")
  }

  /// Two columns, the second aligned.
  static func columns(_ rows: [(String, String)]) -> String {
    let width = min(32, rows.map(\.0.count).max() ?? 0) + 2
    return rows.map { left, right in
      left.count + 2 > width
        ? "\(left)\n\(String(repeating: " ", count: width))\(right)"
        : left + String(repeating: " ", count: width - left.count) + right
    }.joined(separator: "\n")
  }
}
