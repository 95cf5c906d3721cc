// SPDX-License-Identifier: Apache-2.0

/// A virtual environment's pyvenv.cfg.
struct VenvSettings: Sendable {
  /// The folder of the interpreter it was made with.
  var home: String?
  var version: String?
  /// Whether the packages of that interpreter can be used too.
  var seesSystem: Bool
  /// Whether uv made it: without pip, most of the time.
  var isOfUV: Bool

  /// - Returns: Nil when the folder is no virtual environment.
  init?(_ prefix: String) {
    guard let text = LocalFiles.text(prefix + "/pyvenv.cfg") else { return nil }
    var values: [String: String] = [:]
    for line in text.split(whereSeparator: \.isNewline) {
      let parts = line.split(separator: "=", maxSplits: 1).map { Self.trimmed($0) }
      if parts.count == 2 { values[parts[0].lowercased()] = parts[1] }
    }
    home = values["home"]
    version = (values["version"] ?? values["version_info"]).map { $0.split(separator: ".").prefix(3).joined(separator: ".") }
    seesSystem = values["include-system-site-packages"]?.lowercased() == "true"
    isOfUV = values["uv"] != nil
  }

  private static func trimmed(_ text: Substring) -> String {
    String(text.drop { $0.isWhitespace }.reversed().drop { $0.isWhitespace }.reversed())
  }
}
