// SPDX-License-Identifier: Apache-2.0

extension Manifest {
  /// Reads the text of a manifest.
  ///
  /// - Parameter path: Where it stands, for the sentences.
  /// - Throws: The first fault.
  init(parsing text: [UInt8], path: String, origin: ManifestParser.Origin = .file) throws(Refusal) {
    let parser = ManifestParser(text, path: path, origin: origin)
    guard let manifest = parser.parse() else {
      // Without a manifest there is a fault.
      throw parser.foremost ?? Refusal(.badManifest, path: path, "its manifest cannot be read; correct it")
    }
    self = manifest
  }
}
