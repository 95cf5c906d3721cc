// SPDX-License-Identifier: Apache-2.0

/// The language of a document by its ending, as kernelspecs name languages (in lower case).
enum DocumentLanguage {
  private static let table = [
    "bash": "bash", "clj": "clojure", "cpp": "c++", "do": "stata", "f90": "fortran", "gp": "gnuplot", "hs": "haskell", "java": "java",
    "jl": "julia", "js": "javascript", "kts": "kotlin", "lua": "lua", "m": "octave", "plt": "gnuplot", "r": "r", "rb": "ruby", "rs": "rust",
    "scala": "scala", "scm": "scheme", "sh": "bash", "sql": "sql", "ts": "typescript", "zsh": "zsh",
  ]

  /// Python when nothing says otherwise.
  static func of(_ document: String?) -> String {
    guard let name = document.map(Path.name), let dot = name.lastIndex(of: ".") else { return "python" }
    return table[name[name.index(after: dot)...].lowercased()] ?? "python"
  }
}
