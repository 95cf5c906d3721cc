// SPDX-License-Identifier: Apache-2.0
import Crypto

/// The SHA-256 that stands for all files of a plugin, and that of each.
///
/// The one is that of the list of the others, as `sha256sum -z libX.so plugin.json | sha256sum` makes it in the plugin's directory. One
/// value can be compared at a glance and name a place in the store; the list tells which file was changed.
struct PluginDigest: Hashable, Sendable {
  let sha256: String
  /// By name.
  let files: [String: String]

  init(_ files: PluginFiles) throws(TrustFault) {
    var digests: [String: String] = [:]
    for file in files.files { digests[file.name] = try Self.digest(of: file).description }
    try self.init(files: digests)
  }

  init(files: [String: String]) throws(TrustFault) {
    let names = files.keys.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
    // A name cannot hold a zero byte, so no two lists read the same.
    let list = names.map { "\(files[$0, default: ""])  \($0)\0" }.joined()
    self.files = files
    sha256 = try TrustFault.translating { () throws(CryptoError) in try SHA256.digest(of: Array(list.utf8)) }.description
  }

  /// Names of files that are others than there, came, or went.
  func differences(from old: [String: String]) -> [String] {
    Set(files.keys).union(old.keys).filter { files[$0] != old[$0] }.sorted()
  }

  private static func digest(of file: PluginFiles.File) throws(TrustFault) -> SHA256Digest {
    switch file.content {
    case .text(let text): return try TrustFault.translating { () throws(CryptoError) in try SHA256.digest(of: text) }
    case .open(let file): return try FileBlocks(file).digest()
    }
  }

  /// Whether the text is 64 lower-case hexadecimal digits.
  static func isSHA256(_ text: String) -> Bool {
    text.utf8.count == 64
      && text.utf8.allSatisfy { UInt8(ascii: "0")...UInt8(ascii: "9") ~= $0 || UInt8(ascii: "a")...UInt8(ascii: "f") ~= $0 }
  }
}
