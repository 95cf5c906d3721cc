// SPDX-License-Identifier: Apache-2.0

/// The scripts that join a shell's completion with `jackfield __complete`, which knows everything.
///
/// Each hands over the words before the cursor, the last one only up to the cursor. Without candidates the shell offers files.
enum CompletionScripts {
  static let shells = ["bash", "zsh", "fish"]

  static func script(_ shell: String) -> String? {
    switch shell {
    case "bash": bash
    case "zsh": zsh
    case "fish": fish
    default: nil
    }
  }

  /// Bash makes three words of "--home=DIR"; without the "=" they mean the same. `$2` is the last word up to the cursor.
  private static let bash = #"""
    _jackfield() {
      local IFS=$'\n' word
      local -a words=()
      for word in "${COMP_WORDS[@]:1:COMP_CWORD-1}"; do
        [ "$word" = "=" ] || words+=("$word")
      done
      COMPREPLY=($(jackfield __complete -- "${words[@]}" "${2#=}" 2>/dev/null))
      [ ${#COMPREPLY[@]} -gt 0 ] || compopt -o default
    }
    complete -F _jackfield jackfield
    """#

  private static let zsh = #"""
    #compdef jackfield
    _jackfield() {
      local -a candidates
      candidates=(${(f)"$(jackfield __complete -- "${(@)words[2,CURRENT-1]}" "$PREFIX" 2>/dev/null)"})
      if (( ${#candidates} )); then compadd -a candidates; else _files; fi
    }
    compdef _jackfield jackfield
    """#

  private static let fish = #"""
    function __jackfield_complete
      set -l words (commandline -opc)
      set -l typed (commandline -ct)
      set -l candidates (jackfield __complete -- $words[2..-1] "$typed" 2>/dev/null)
      if test (count $candidates) -gt 0
        printf '%s\n' $candidates
      else
        __fish_complete_path "$typed"
      end
    end
    complete -c jackfield -f -a '(__jackfield_complete)'
    """#
}
