// SPDX-License-Identifier: Apache-2.0

/// One option of a subcommand, such as "--home DIR".
struct OptionSpec: Sendable {
  /// With its dashes.
  var name: String
  /// What stands for the value in help; nil for a switch.
  var value: String?
  var repeats = false
  /// The values there are, if they are few; offered by completion.
  var choices: [String] = []
  var help: String

  static let home = OptionSpec(
    name: "--home", value: "DIR", help: "the host's directory (default: $JACKFIELD_HOME, else the XDG directories)")
  static let json = OptionSpec(name: "--json", help: "print JSON")
  static let help = OptionSpec(name: "--help", help: "explain this command")

  init(name: String, value: String? = nil, repeats: Bool = false, choices: [String] = [], help: String) {
    self.name = name
    self.value = value
    self.repeats = repeats
    self.choices = choices
    self.help = help
  }
}
