// SPDX-License-Identifier: Apache-2.0
import FoundationEssentials
import Host

/// A directory of files with words in them that stand for a name or a place: `__ID__`, `__NAMESPACE__`, `__MODULE__`, `__INCLUDE__`,
/// `__SDK__`, `__JACKFIELD__`. They stand in the names of files as well.
struct ProjectTemplate {
  struct File {
    /// Relative to the project.
    var path: String
    var text: String
  }

  let directory: String
  private let words: [(word: String, meaning: String)]

  /// - Throws: When a place has a name that a Makefile or a string in Swift would read as something else.
  init(directory: String, name: PluginName, places: SharedPlaces) throws(CommandFailure) {
    self.directory = directory
    words = [
      ("__ID__", name.id), ("__NAMESPACE__", name.namespace), ("__MODULE__", name.module), ("__INCLUDE__", places.include),
      ("__SDK__", places.sdk), ("__JACKFIELD__", places.executable),
    ]
    for (_, meaning) in words where meaning.unicodeScalars.contains(where: { "\"\\$#`\u{7F}".unicodeScalars.contains($0) || $0 < " " }) {
      throw CommandFailure("cannot write '\(meaning)' into a project: a character in it has a meaning there; install Jackfield elsewhere")
    }
  }

  /// Reads every file and replaces the words in it.
  func files() throws(CommandFailure) -> [File] {
    var files: [File] = []
    do {
      for path in try FileManager.default.subpathsOfDirectory(atPath: directory).sorted() where !isDirectory("\(directory)/\(path)") {
        let bytes = try SmallFile.read("\(directory)/\(path)", limit: 1 << 20)
        // A file of that name itself would rule what git sees of the templates.
        let target = path == "gitignore" ? ".gitignore" : filled(path)
        files.append(File(path: target, text: filled(String(decoding: bytes, as: UTF8.self))))
      }
    } catch let error as FileError {
      throw CommandFailure("cannot read a template: \(error)")
    } catch {
      throw CommandFailure("cannot read the templates in '\(directory)': there is no such directory; name another with --templates DIR")
    }
    return files
  }

  private func filled(_ text: String) -> String { words.reduce(text) { $0.replacing($1.word, with: $1.meaning) } }

  private func isDirectory(_ path: String) -> Bool {
    var isDirectory = false
    return FileManager.default.fileExists(atPath: path, isDirectory: &isDirectory) && isDirectory
  }
}
