// SPDX-License-Identifier: Apache-2.0

/// The texts of --help, made from the same table that is parsed by, so that the two cannot part.
enum HelpText {
  /// Of all help, whatever the terminal: it is read in pagers and pasted into mails.
  static let width = 80

  static func overview(_ subcommands: [Subcommand]) -> String {
    let rows = subcommands.filter { !$0.isHidden }.map { ("  " + $0.name, $0.summary) }
    return """
      usage: jackfield COMMAND [OPTIONS]

      A host for Python work: training runs, kernels, scripts, and whatever plugins
      bring.

      \(columns(rows))

      'jackfield COMMAND --help' explains one. --home DIR goes with every command.
      Exit status: 0 done, 1 failed, 2 wrong usage, 3 no host is running, 130 Ctrl-C.
      """
  }

  static func of(_ subcommand: Subcommand) -> String {
    let head = ["usage: jackfield", subcommand.name, subcommand.arguments, "[OPTIONS]"].filter { !$0.isEmpty }.joined(separator: " ")
    var parts = [head, wrapped(subcommand.summary)]
    if !subcommand.discussion.isEmpty { parts.append(wrapped(subcommand.discussion)) }
    parts.append("options:\n" + options(subcommand))
    if !subcommand.examples.isEmpty { parts.append("examples:\n" + subcommand.examples.map { "  \($0)" }.joined(separator: "\n")) }
    return parts.joined(separator: "\n\n")
  }

  static func options(_ subcommand: Subcommand) -> String { columns(subcommand.allOptions.map { ("  " + label($0), $0.help) }) }

  static func wrapped(_ text: String) -> String { TextLayout.wrap(text, width: width).joined(separator: "\n") }

  /// Two columns, the second aligned and wrapped.
  static func columns(_ rows: [(String, String)]) -> String {
    let indent = min(32, rows.map(\.0.count).max() ?? 0) + 2
    return rows.flatMap { left, right in
      left.count + 2 > indent
        ? [left] + TextLayout.beside(String(repeating: " ", count: indent), right, width: width)
        : TextLayout.beside(TextLayout.padded(left, to: indent), right, width: width)
    }.joined(separator: "\n")
  }

  private static func label(_ option: OptionSpec) -> String {
    option.name + (option.value.map { " \($0)" } ?? "") + (option.repeats ? " …" : "")
  }
}
