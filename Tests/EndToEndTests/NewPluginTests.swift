// SPDX-License-Identifier: Apache-2.0
import FoundationEssentials
import Testing

/// `jackfield plugins new`, from an installed prefix to a command that answers.
@Suite(.serialized) struct NewPluginTests {
  /// The guide makes one in Swift, see GuideTests: it takes longest.
  @Test(arguments: ExamplePlugin.languages.filter { $0 != .swift })
  func projectBuildsAndPassesItsOwnChecksAndAnswers(language: ExamplePlugin.Language) async throws {
    try await onOwnThread {
      let host = try LiveHost()
      let shell = try InstalledPrefix.shell(in: LiveHost.temporary("jackfield-author"), home: host.home)
      try shell.succeed("jackfield plugins new run-notes --lang \(language.rawValue)")
      if language == .rust { try shell.succeed("make -C run-notes test") }
      let installed = try shell.succeed("make -C run-notes install")
      #expect(installed.contains("'.' may be loaded ("), "\(installed)")
      #expect(try shell.succeed("jackfield reload && jackfield call run_notes.greet --name Ada").hasSuffix("{\"text\":\"Hello, Ada!\"}\n"))
      try shell.succeed("cd run-notes && make clean && git init -q . && test -z \"$(git status --short --ignored | grep -v '^??')\"")
      #expect(host.stop().status == 0)
    }
  }

  /// The first mistake of everybody: a command added in one place only.
  @Test(arguments: ExamplePlugin.languages.filter { $0 != .swift })
  func commandThatPluginJSONDoesNotNameIsSaid(language: ExamplePlugin.Language) async throws {
    try await onOwnThread {
      let host = try LiveHost()
      let shell = try InstalledPrefix.shell(in: LiveHost.temporary("jackfield-author"), home: host.home)
      try shell.succeed(
        """
        jackfield plugins new run-notes --lang \(language.rawValue)
        sed -i 's/run_notes.greet/run_notes.wave/' run-notes/plugin.json
        make -C run-notes build
        mkdir -p "$JACKFIELD_HOME/plugins/run-notes"
        cp run-notes/plugin.json run-notes/*.so "$JACKFIELD_HOME/plugins/run-notes/"
        jackfield reload
        """)
      let call = try shell.run("jackfield call run_notes.wave --name Ada")
      #expect(call.status == 1)
      #expect(call.error.contains("plugin.json does not name the command 'run_notes.greet'"), "\(call.error)")
      host.stop()
    }
  }

  /// The examples are what the template makes: file by file, and the line that builds them.
  @Test(arguments: ExamplePlugin.languages) func helloIsWhatTheTemplateMakes(language: ExamplePlugin.Language) async throws {
    try await onOwnThread {
      let plugin = ExamplePlugin(language: language, kind: "hello")
      let directory = LiveHost.temporary("jackfield-author")
      let shell = try InstalledPrefix.shell(in: directory, home: directory)
      try shell.succeed("jackfield plugins new \(plugin.id) --lang \(language.rawValue) --directory project")
      let paths = try FileManager.default.subpathsOfDirectory(atPath: plugin.directory).filter { path in
        path != "README.md" && !path.hasSuffix(".so") && path.contains(".")
      }
      #expect(paths.count >= 3)
      for path in paths {
        let (example, project) = try (text("\(plugin.directory)/\(path)"), text("\(directory)/project/\(path)"))
        #expect(example == project, "\(path) of \(plugin.id) is not what the template makes; change both")
      }
      let built = try shell.succeed("make --no-print-directory -n -C project build JACKFIELD_INCLUDE=../../../../Sources/PluginAPI/include")
      let line = built.split(separator: "\n").first.map { $0.replacing("\"", with: "") } ?? ""
      #expect(try plugin.readme().texts("sh")[0].replacing("--package-path .. ", with: "") == line + "\n")
    }
  }

  private func text(_ path: String) throws -> String { try String(contentsOf: URL(filePath: path), encoding: .utf8) }
}
