// SPDX-License-Identifier: Apache-2.0
import FoundationEssentials
import JSON
import Testing

@testable import jackfield

@Suite struct CompletionTests {
  private let completion = Completion(subcommands: CommandTable.all)

  @Test(arguments: [
    ([], []),
    (["st"], ["status", "stop"]),
    (["x"], []),
    (["__"], []),
    (["help", "st"], ["status", "stop"]),
    (["he"], ["help"]),
    (["status", "--"], ["--help", "--home", "--json"]),
    (["status", ""], []),
    (["nonsense", ""], []),
    (["--home", ""], []),
    (["--home", "d", "st"], ["status", "stop"]),
    (["--home=d", "st"], ["status", "stop"]),
    (["status", "--home", ""], []),
    (["status", "--home", "d", "--j"], ["--json"]),
    (["completion", ""], ["bash", "fish", "zsh"]),
    (["completion", "bash", ""], []),
    (["config", "c"], ["check"]),
    (["plugins", "e"], ["enable"]),
    (["plugins", "check", ""], []),
    (["plugins", "new", "x", "--lang", ""], ["c", "rust", "swift"]),
    (["plugins", "new", "x", "--lang", "s"], ["swift"]),
    (["plugins", "new", "--di"], ["--directory"]),
    (["plugins", "new", "x", "--directory", ""], []),
    (["serve", "--plugins", "d", "--pl"], ["--plugins"]),
    (["status", "--nonsense", "--js"], ["--json"]),
  ])
  func wordsAreOfferedWithoutAHost(words: [String], candidates: [String]) {
    #expect(completion.candidates(words) == candidates)
  }

  @Test func everyVerbIsOffered() {
    #expect(completion.candidates([""]) == (CommandTable.all.filter { !$0.isHidden }.map(\.name) + ["help"]).sorted())
  }

  @Test(arguments: [
    (["call", "ru"], ["runs.list", "runs.show"]),
    (["call", "--timeout", ""], []),
    (["call", "--timeout", "5s", "tr"], ["trainer.pause"]),
    (["call", "runs.list", "--st"], ["--state", "--steps", "--stream"]),
    (["call", "runs.list", "--state", ""], ["finished", "running"]),
    (["call", "runs.list", "--state", "r"], ["running"]),
    (["call", "runs.list", "--state=f"], ["--state=finished"]),
    (["call", "runs.list", "--state", "running", "--li"], ["--limit"]),
    (["call", "runs.list", "--run", ""], []),
    (["call", "runs.list", "--archived", "--li"], ["--limit"]),
    (["call", "runs.nothing", "--li"], []),
    (["commands", "tr"], ["trainer.pause"]),
    (["commands", "trainer.", ""], []),
    (["plugins", "info", ""], ["store", "trainer"]),
    (["plugins", "info", "store", ""], []),
  ])
  func wordsOfTheHostAreOffered(words: [String], candidates: [String]) throws {
    let host = try FakeHost.ordinary()
    #expect(completion.candidates(["--home", host.home] + words) == candidates)
  }

  @Test func withoutAHostThereAreNoCommandsToOffer() {
    let home = temporaryDirectory()
    #expect(completion.candidates(["--home", home, "call", ""]) == [])
    #expect(completion.candidates(["--home", home, "call", "runs.list", "--ti"]) == ["--timeout"])
  }

  @Test func wordsThatAShellWouldObeyAreNotOffered() throws {
    let host = try FakeHost { request in
      [FakeHost.result(request, ["plugins": [["id": "good"], ["id": "bad; reboot"], ["id": "$(reboot)"], ["id": "two\nlines"]]])]
    }
    #expect(completion.candidates(["--home", host.home, "plugins", "info", ""]) == ["good"])
  }
}

@Suite struct CompletionScriptTests {
  /// A shell that is not installed is passed over: its script is not checked there.
  @Test(arguments: CompletionScripts.shells.filter(Tool.isInstalled))
  func scriptsAreGoodSyntax(shell: String) throws {
    let script = try #require(CompletionScripts.script(shell))
    let path = temporaryDirectory() + "/script"
    try Data(script.utf8).write(to: URL(filePath: path))
    #expect(try Tool.run([shell, "-n", path]) == Tool.Outcome(status: 0, output: "", error: ""))
  }

  @Test func everyShellHasAScriptThatAsks() {
    for shell in CompletionScripts.shells { #expect(CompletionScripts.script(shell)?.contains("jackfield __complete -- ") == true) }
    #expect(CompletionScripts.script("tcsh") == nil)
  }

  /// The words as bash splits them, the cursor's word, what bash takes for the word before the cursor, and what jackfield is asked.
  @Test(arguments: [
    ("jackfield st", 1, "st", "<st>"),
    ("jackfield ", 1, "", "<>"),
    ("jackfield call runs.li", 2, "runs.li", "<call><runs.li>"),
    ("jackfield status --home = d --j", 5, "--j", "<status><--home><d><--j>"),
    ("jackfield call x --state = r", 5, "r", "<call><x><--state><r>"),
    ("jackfield call x --state =", 4, "", "<call><x><--state><>"),
    ("jackfield status --json", 1, "sta", "<sta>"),
  ])
  func bashAsksForTheWordsBeforeTheCursor(line: String, word: Int, typed: String, asked: String) throws {
    let directory = temporaryDirectory()
    var words = line.split(separator: " ").map { "'\($0)'" }
    if words.count == word { words.append("''") }
    // The stub notes its words and offers two of its own, as if a host had them. Bash writes it: a file that this process has open for
    // writing may be inherited by another test's process, and cannot be run then.
    let script = """
      set -u
      PATH='\(directory)':$PATH
      cat > '\(directory)/jackfield' <<'END'
      #!/bin/bash
      shift 2
      printf '<%s>' "$@" > '\(directory)/asked'
      printf 'one\\ntwo.three\\n'
      END
      chmod +x '\(directory)/jackfield'
      \(CompletionScripts.script("bash") ?? "")
      COMP_WORDS=(\(words.joined(separator: " ")))
      COMP_CWORD=\(word)
      _jackfield jackfield '\(typed)' previous
      printf '%s\\n' "${COMPREPLY[@]}"
      complete -p jackfield
      """
    let outcome = try Tool.run(["bash", "--norc", "-c", script])
    #expect(outcome == Tool.Outcome(status: 0, output: "one\ntwo.three\ncomplete -F _jackfield jackfield\n", error: ""))
    #expect(try String(contentsOf: URL(filePath: directory + "/asked"), encoding: .utf8) == asked)
  }

  @Test func bashCompletesWithTheRealProgram() throws {
    let host = try FakeHost.ordinary()
    let script = """
      PATH=$(dirname '\(Tool.jackfield)'):$PATH
      eval "$(jackfield completion bash)"
      COMP_WORDS=(jackfield --home = '\(host.home)' call runs.list --state = r) COMP_CWORD=8
      _jackfield jackfield r =
      echo "${COMPREPLY[@]}"
      """
    #expect(try Tool.run(["bash", "--norc", "-c", script]) == Tool.Outcome(status: 0, output: "running\n", error: ""))
  }
}
