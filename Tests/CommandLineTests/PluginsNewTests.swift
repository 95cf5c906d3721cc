// SPDX-License-Identifier: Apache-2.0
import FoundationEssentials
import Glibc
import Testing

@testable import jackfield

@Suite struct PluginsNewTests {
  private let files = FileManager.default

  /// Runs the built command in a directory of its own.
  private func run(_ arguments: String..., in directory: String, umask: String = "022") throws -> Tool.Outcome {
    let script = "umask \(umask); cd \"$0\"; exec \"$@\""
    return try Tool.run(["sh", "-c", script, directory, Tool.jackfield, "plugins"] + arguments)
  }

  private func mode(_ path: String) -> mode_t {
    var status = stat()
    return lstat(path, &status) == 0 ? status.st_mode & 0o7777 : 0
  }

  @Test(arguments: [
    (["new"], "'plugins new' wants a name for the plugin, such as 'run-notes'"),
    (["new", "x"], "'plugins new' wants a language: --lang swift, c or rust"),
    (["new", "x", "--lang", "go"], "there is no template for 'go'; there is for swift, c or rust"),
    (["new", "x", "y", "--lang", "c"], "'jackfield plugins' wants"),
    (["list", "--lang", "c"], "'--lang' goes with 'plugins new', not with 'plugins list'"),
    (["check", ".", "--directory", "d"], "'--directory' goes with 'plugins new', not with 'plugins check'"),
  ])
  func wrongWordsAreWrongUsage(words: [String], sentence: String) throws {
    let outcome = try Tool.run([Tool.jackfield, "plugins"] + words)
    #expect(outcome.status == 2)
    #expect(outcome.error.hasPrefix("jackfield: \(sentence)"), "\(outcome.error)")
  }

  @Test(arguments: PluginLanguage.allCases) func projectHoldsNoWordOfTheTemplate(language: PluginLanguage) throws {
    let directory = temporaryDirectory()
    let outcome = try run("new", "run-notes", "--lang", language.rawValue, in: directory)
    #expect(outcome.status == 0, "\(outcome.error)")
    #expect(outcome.output.hasPrefix("made the plugin 'run-notes' in 'run-notes': "))
    #expect(outcome.output.contains("jackfield call run_notes.greet --name Ada"))
    let paths = try files.subpathsOfDirectory(atPath: directory + "/run-notes")
    #expect(Set(paths).isSuperset(of: [".gitignore", "Makefile", "README.md", "plugin.json"]))
    for path in paths {
      #expect(!path.contains("__"))
      guard let text = try? String(contentsOf: URL(filePath: "\(directory)/run-notes/\(path)"), encoding: .utf8) else { continue }
      #expect(!text.contains(#/__[A-Z]+__/#), "\(path)")
    }
    #expect(try files.contentsOfDirectory(atPath: directory) == ["run-notes"])
  }

  @Test func itSaysWhatWasMadeAndWhatToTypeNext() throws {
    let outcome = try run("new", "notes", "--lang", "c", "--directory", "here", in: temporaryDirectory())
    #expect(
      outcome.output == """
        made the plugin 'notes' in 'here': Makefile, README.md, .gitignore, json.h, plugin.c, plugin.json

          cd here
          make install        # builds it, checks it, and puts it where a host looks
          jackfield reload
          jackfield call notes.greet --name Ada

        """)
  }

  @Test func helpNamesTheVerbAndItsOptions() {
    let help = HelpText.of(.plugins)
    #expect(help.contains("new NAME] [OPTIONS]"))
    #expect(help.contains("new       make a project for a plugin of your own, ready to build"))
    #expect(help.contains("--lang LANG      for 'new': swift, c or rust"))
    #expect(help.contains("--directory DIR  for 'new': where to make the project (default: ./NAME)"))
  }

  @Test func anUmaskThatLetsTheGroupWriteDoesNot() throws {
    let directory = temporaryDirectory()
    #expect(try run("new", "notes", "--lang", "swift", in: directory, umask: "002").status == 0)
    for path in try files.subpathsOfDirectory(atPath: directory + "/notes") {
      #expect(mode("\(directory)/notes/\(path)") & 0o022 == 0, "\(path)")
    }
    #expect(mode(directory + "/notes") == 0o755)
  }

  @Test func anEmptyDirectoryIsFilled() throws {
    let directory = temporaryDirectory()
    try files.createDirectory(atPath: directory + "/there", withIntermediateDirectories: false)
    symlink("there", directory + "/link")
    #expect(try run("new", "notes", "--lang", "c", "--directory", "link/", in: directory).status == 0)
    #expect(files.fileExists(atPath: directory + "/there/plugin.c"))
  }

  @Test func whatIsThereStays() throws {
    let directory = temporaryDirectory()
    try files.createDirectory(atPath: directory + "/full/below", withIntermediateDirectories: true)
    try Data().write(to: URL(filePath: directory + "/file"))
    symlink("nowhere", directory + "/dangling")
    for (name, sentence) in [
      ("full", "cannot make 'full': the directory is not empty; choose another with --directory DIR"),
      ("file", "cannot make 'file': there is something of that name that is no directory; choose another with --directory DIR"),
      ("dangling", "cannot make 'dangling': there is something of that name that is no directory; choose another with --directory DIR"),
      ("no/where", "cannot make 'no/where': there is no directory 'no'; make it first"),
    ] {
      let outcome = try run("new", "notes", "--lang", "c", "--directory", name, in: directory)
      #expect(outcome.status == 1)
      #expect(outcome.error == "jackfield: \(sentence)\n")
    }
    #expect(try files.contentsOfDirectory(atPath: directory).sorted() == ["dangling", "file", "full"])
    #expect(try files.contentsOfDirectory(atPath: directory + "/full") == ["below"])
  }

  /// A template of one's own, of which the last file cannot be read.
  @Test func nothingIsHalfWritten() throws {
    let directory = temporaryDirectory()
    try files.createDirectory(atPath: directory + "/templates/c", withIntermediateDirectories: true)
    try Data("a __ID__".utf8).write(to: URL(filePath: directory + "/templates/c/a__NAMESPACE__"))
    mkfifo(directory + "/templates/c/z", 0o600)
    try files.createDirectory(atPath: directory + "/here", withIntermediateDirectories: true)
    let failed = try run("new", "run-notes", "--lang", "c", "--templates", "../templates", in: directory + "/here")
    #expect(failed.status == 1)
    #expect(failed.error.hasPrefix("jackfield: cannot read a template: "), "\(failed.error)")
    #expect(try files.contentsOfDirectory(atPath: directory + "/here").isEmpty)
    unlink(directory + "/templates/c/z")
    #expect(try run("new", "run-notes", "--lang", "c", "--templates", "../templates", in: directory + "/here").status == 0)
    #expect(try String(contentsOf: URL(filePath: directory + "/here/run-notes/arun_notes"), encoding: .utf8) == "a run-notes")
  }

  @Test func aDirectoryThatCannotBeFilledIsNotMade() throws {
    let directory = temporaryDirectory()
    let target = try NewDirectory(directory + "/notes")
    let failure = #expect(throws: CommandFailure.self) {
      try target.fill([ProjectTemplate.File(path: "a", text: "a"), ProjectTemplate.File(path: "a/b", text: "below a file")])
    }
    #expect(failure?.description.hasPrefix("cannot write '\(directory)/notes': ") == true)
    #expect(failure?.description.hasSuffix("; nothing was made") == true)
    #expect(try files.contentsOfDirectory(atPath: directory).isEmpty)
  }

  @Test func missingTemplatesAreNamed() throws {
    let outcome = try run("new", "notes", "--lang", "c", "--templates", "nowhere", in: temporaryDirectory())
    #expect(outcome.status == 1)
    #expect(
      outcome.error
        == "jackfield: cannot read the templates in 'nowhere/c': there is no such directory; name another with --templates DIR\n")
  }

  @Test func aPlaceThatAMakefileWouldReadOtherwiseIsRefused() throws {
    let places = SharedPlaces(executable: "/opt/a$b/bin/jackfield", templates: "t", include: "/opt/a$b/include", sdk: "s")
    let name = try PluginName("notes", language: .c)
    let failure = #expect(throws: CommandFailure.self) { try ProjectTemplate(directory: "d", name: name, places: places) }
    #expect(
      failure?.description
        == "cannot write '/opt/a$b/include' into a project: a character in it has a meaning there; install Jackfield elsewhere")
  }
}
