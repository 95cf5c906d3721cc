// SPDX-License-Identifier: Apache-2.0
import Host

/// `jackfield plugins new NAME --lang LANG`: a project that builds, passes its own checks, and is the author's from then on.
enum PluginsNew {
  static let options = [
    OptionSpec(name: "--lang", value: "LANG", choices: PluginLanguage.names, help: "for 'new': swift, c or rust"),
    OptionSpec(name: "--directory", value: "DIR", help: "for 'new': where to make the project (default: ./NAME)"),
    OptionSpec(name: "--templates", value: "DIR", help: "for 'new': take the files from DIR/LANG instead of our own"),
  ]

  static func run(_ invocation: Invocation) throws -> Int32 {
    guard let text = invocation.arguments.dropFirst().first, !text.isEmpty else {
      throw UsageError("'plugins new' wants a name for the plugin, such as 'run-notes'", subcommand: "plugins")
    }
    let language = try language(invocation.value("--lang"))
    let name = try PluginName(text, language: language)
    var places = try SharedPlaces.find()
    if let templates = invocation.value("--templates") { places.templates = templates }
    let template = try ProjectTemplate(directory: "\(places.templates)/\(language)", name: name, places: places)
    let directory = try NewDirectory(invocation.value("--directory") ?? text)
    let files = try template.files()
    try directory.fill(files)
    Terminal.print(story(name, directory.path, files.map(\.path)))
    return SystemExit.ok
  }

  private static func language(_ text: String?) throws(UsageError) -> PluginLanguage {
    let choices = "swift, c or rust"
    guard let text else { throw UsageError("'plugins new' wants a language: --lang \(choices)", subcommand: "plugins") }
    guard let language = PluginLanguage(rawValue: text) else {
      throw UsageError("there is no template for '\(text)'; there is for \(choices)", subcommand: "plugins")
    }
    return language
  }

  /// Says what was made and what to type next.
  private static func story(_ name: PluginName, _ directory: String, _ files: [String]) -> String {
    """
    made the plugin '\(name.id)' in '\(directory)': \(files.joined(separator: ", "))

      cd \(directory)
      make install        # builds it, checks it, and puts it where a host looks
      jackfield reload
      jackfield call \(name.namespace).greet --name Ada
    """
  }

  /// The options of 'new' mean nothing to the others.
  static func refuseOptions(of invocation: Invocation, _ verb: String) throws(UsageError) {
    for option in options where invocation.has(option.name) {
      throw UsageError("'\(option.name)' goes with 'plugins new', not with 'plugins \(verb)'", subcommand: "plugins")
    }
  }
}
