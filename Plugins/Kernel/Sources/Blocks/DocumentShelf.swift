// SPDX-License-Identifier: Apache-2.0

internal import PluginSDK
internal import PythonBlocks
internal import Synchronization

/// The documents asked for last, read and taken apart: an editor asks for the same one line after line.
final class DocumentShelf: Sendable {
  private struct Entry: Sendable {
    var path: String?
    /// What stood in it; compared whole, so that no two texts are taken for each other.
    var text: [UInt8]
    var document: PythonDocument
  }

  /// Documents, and bytes of all of them together.
  private static let mostEntries = 8
  private static let mostBytes = 16 << 20

  /// The last one used is the last.
  private let entries = Mutex<[Entry]>([])

  /// The document of a request, from its text or else its path. Blocks while a file is read.
  func document(_ request: BlockRequest) throws -> PythonDocument {
    if let text = request.text {
      guard request.path == nil else {
        throw PluginFailure("'text' and 'path' are both given: give the one that is meant", code: "two_texts", status: .invalid)
      }
      guard text.utf8.count <= SourceFile.mostBytes else {
        throw PluginFailure("the text has more than \(SourceFile.mostBytes >> 20) MiB", code: "too_large", status: .invalid)
      }
      return document(of: Array(text.utf8), path: nil)
    }
    guard let path = request.path else {
      throw PluginFailure("there is no text: give 'text', or the absolute 'path' of a file", code: "no_text", status: .invalid)
    }
    return document(of: Array(try SourceFile.read(path).utf8), path: path)
  }

  private func document(of text: [UInt8], path: String?) -> PythonDocument {
    if let known = known(text) { return known }
    let document = PythonDocument(utf8: text)
    keep(Entry(path: path, text: text, document: document))
    return document
  }

  private func known(_ text: [UInt8]) -> PythonDocument? {
    entries.withLock { entries in
      guard let index = entries.firstIndex(where: { $0.text == text }) else { return nil }
      let entry = entries.remove(at: index)
      entries.append(entry)
      return entry.document
    }
  }

  private func keep(_ entry: Entry) {
    guard entry.text.count <= Self.mostBytes / 2 else { return }
    entries.withLock { entries in
      entries.removeAll { $0.path != nil && $0.path == entry.path }
      entries.append(entry)
      while entries.count > Self.mostEntries || entries.reduce(0, { $0 + $1.text.count }) > Self.mostBytes { entries.removeFirst() }
    }
  }
}
