// SPDX-License-Identifier: Apache-2.0
import FoundationEssentials
import Glibc
import JSON
import Testing

/// One of the plugins in Examples/Plugins, built as its README says.
struct ExamplePlugin: Sendable, CustomTestStringConvertible {
  enum Language: String, CaseIterable {
    case c, rust, swift

    var name: String { self == .c ? "C" : rawValue.capitalized }

    var compiler: String {
      switch self {
      case .c: "cc"
      case .rust: "rustc"
      case .swift: "swift"
      }
    }
  }

  static let kinds = ["hello", "counter", "ticker"]

  let language: Language
  let kind: String

  var id: String { "\(kind)-\(language.rawValue)" }
  var namespace: String { "\(kind)_\(language.rawValue)" }
  var testDescription: String { id }

  /// Where it is built: Swift where it lies, with what is built elsewhere; the others in a copy.
  var directory: String { "\(language == .swift ? LiveHost.packageDirectory : Self.copy)/Examples/Plugins/\(language.rawValue)/\(kind)" }

  func readme() throws -> Markdown { try Markdown(file: directory + "/README.md") }

  // MARK: - All of them

  /// The text of every file of theirs that a page may quote.
  static func sources() throws -> [String] {
    let root = LiveHost.packageDirectory + "/Examples/Plugins"
    let paths = try FileManager.default.subpathsOfDirectory(atPath: root).filter { path in
      [".c", ".rs", ".swift", "plugin.json"].contains { path.hasSuffix($0) } && !path.contains(".build/")
    }
    return try paths.map { try String(contentsOf: URL(filePath: "\(root)/\($0)"), encoding: .utf8) }
  }

  /// Languages with a compiler. Those without are named in the tests' output.
  static let languages = Language.allCases.filter { language in
    if Program.isInstalled(language.compiler) { return true }
    print("ExamplePlugin: no '\(language.compiler)' on PATH, so the plugins in \(language.rawValue) are not tried")
    return false
  }

  static let all = languages.flatMap { language in kinds.map { ExamplePlugin(language: language, kind: $0) } }

  /// The examples with everything they name by a relative path.
  private static let copy: String = {
    let root = LiveHost.temporary("jackfield-examples")
    let script = """
      ln -s "$TREE/Sources" "$TREE/Templates" .
      mkdir Examples
      cp -a "$TREE/Examples/Plugins" Examples/
      """
    try! Shell(directory: root, environment: ["TREE": LiveHost.packageDirectory]).succeed(script)  // without it there is nothing to try
    return root
  }()

  /// Every plugin in a directory of its own, as it lies in the home of a host; made once.
  private static let laidOut: Result<String, any Error> = Result {
    let home = LiveHost.temporary("jackfield-examples-home")
    for plugin in all {
      let shell = plugin.shell(home: home)
      let blocks = try plugin.readme().texts("sh")
      try shell.succeed(blocks[0])
      try shell.succeed(blocks[1].replacing("jackfield reload", with: "true"))
    }
    return home + "/plugins"
  }

  /// Copies all of them into a home, and lets the configuration say the mode of each.
  static func drop(into home: String, mode: String) throws {
    let shell = Shell(directory: home, environment: [:])
    try shell.succeed("cp -a '\(try laidOut.get())' '\(home)/'")
    let plugins = Dictionary(uniqueKeysWithValues: all.map { ($0.id, JSONValue.object(["mode": .string(mode)])) })
    try Data(JSONValue.object(["plugins": .object(plugins)]).serialized().utf8).write(to: URL(filePath: home + "/config.json"))
  }

  /// A shell in the plugin's directory, as its author has it.
  func shell(home: String) -> Shell {
    let path = ProcessInfo.processInfo.environment["PATH"] ?? ""
    return Shell(
      directory: directory,
      environment: [
        "JACKFIELD_HOME": home, "PATH": "\(LiveHost.products):\(path)", "SWIFTPM_BUILD_DIR": LiveHost.packageDirectory + "/.build/examples",
      ])
  }

  var manifest: String { get throws { "\(try Self.laidOut.get())/\(id)/plugin.json" } }

  var library: String {
    get throws {
      let directory = "\(try Self.laidOut.get())/\(id)"
      let name = try JSONValue(parsing: String(contentsOf: URL(filePath: directory + "/plugin.json"), encoding: .utf8))["library"]
      return "\(directory)/\(name?.stringValue ?? "")"
    }
  }
}
