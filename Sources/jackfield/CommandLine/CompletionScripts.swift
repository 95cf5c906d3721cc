// SPDX-License-Identifier: Apache-2.0

/// The scripts that join a shell's completion with `jackfield __complete`, which knows everything.
enum CompletionScripts {
  static func script(_ shell: String) -> String? {
    switch shell {
    case "bash": bash
    case "zsh": zsh
    case "fish": fish
    default: nil
    }
  }

  private static let bash = #"""
    _jackfield() {
      local IFS=$'\n'
      COMPREPLY=($(jackfield __complete -- "${COMP_WORDS[@]:1:COMP_CWORD}" 2>/dev/null))
      [ ${#COMPREPLY[@]} -gt 0 ] || compopt -o default
    }
    complete -F _jackfield jackfield
    """#

  private static let zsh = #"""
    #compdef jackfield
    _jackfield() {
      local -a candidates
      candidates=(${(f)"$(jackfield __complete -- "${(@)words[2,CURRENT]}" 2>/dev/null)"})
      if (( ${#candidates} )); then compadd -a candidates; else _files; fi
    }
    compdef _jackfield jackfield
    """#

  private static let fish = #"""
    function __jackfield_complete
      set -l words (commandline -opc)
      jackfield __complete -- $words[2..-1] (commandline -ct) 2>/dev/null
    end
    complete -c jackfield -a '(__jackfield_complete)'
    """#
}
