// SPDX-License-Identifier: Apache-2.0

/// Reads plugin.json.
enum ManifestFile {
  static let name = "plugin.json"
  /// In bytes.
  static let maximumSize = 256 << 10

  static func read(_ path: String) throws(Refusal) -> [UInt8] {
    let file: PlainFile
    do { file = try PlainFile(path) } catch {
      switch error {
      case .notRegular: throw Refusal(.notRegular, path: path, "it is not a file; put the plugin's manifest there")
      case .system(let number):
        throw Refusal(
          .unreadable, path: path,
          "\(String(posixError: number).lowercasedFirst); see that the file is there and the host's user may read it")
      }
    }
    guard let text = file.everything(limit: maximumSize) else {
      throw Refusal(.tooLarge, path: path, "it has more than 256 KiB; shorten it")
    }
    return text
  }
}

extension String {
  /// With a small letter at the beginning, for the middle of a sentence.
  var lowercasedFirst: String { prefix(1).lowercased() + dropFirst() }
}
