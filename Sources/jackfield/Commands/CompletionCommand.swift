// SPDX-License-Identifier: Apache-2.0
import Host

extension Subcommand {
  static let completion = Subcommand(
    name: "completion", summary: "print a completion script for a shell", arguments: "bash | zsh | fish",
    discussion: """
      bash  eval "$(jackfield completion bash)"             in ~/.bashrc
      zsh   eval "$(jackfield completion zsh)"              in ~/.zshrc, after compinit
      fish  jackfield completion fish > ~/.config/fish/completions/jackfield.fish
      """,
    complete: { $0.arguments.isEmpty ? CompletionScripts.shells : [] },
    run: { invocation in
      let shell = try invocation.arguments(1...1)[0]
      guard let script = CompletionScripts.script(shell) else {
        throw UsageError(
          "there is no completion for '\(shell)'\(NearMiss.hint(for: shell, in: CompletionScripts.shells)); there is for bash, zsh and fish",
          subcommand: "completion")
      }
      Terminal.print(script)
      return SystemExit.ok
    })

  /// Asked by the scripts: the words typed so far, the last one perhaps unfinished; prints what may stand there, one a line.
  static let complete = Subcommand(
    name: "__complete", summary: "print what may come next", takesOtherOptions: true, isHidden: true,
    run: { invocation in
      for candidate in Completion(subcommands: CommandTable.all).candidates(invocation.arguments) { Terminal.print(candidate) }
      return SystemExit.ok
    })
}
