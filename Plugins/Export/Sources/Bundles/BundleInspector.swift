// SPDX-License-Identifier: Apache-2.0

internal import JSON
internal import PluginSDK

/// `export.inspect`: what a bundle says of itself, nothing unpacked.
enum BundleInspector {
  static func answer(_ source: BundleSource, _ work: Work) throws -> JSONValue {
    let manifest = try source.manifest(work)
    var answer: JSONValue = [
      "path": .string(source.path), "format": .string(manifest.format.rawValue), "archive": .bool(source.isArchive),
      "key": .string(try manifest.key()), "files": .array(manifest.files.map(\.json)),
      "checkpoints": .integer(Int64(manifest.checkpoints.count)),
    ]
    for member in ["version", "tool", "created", "schema", "runs", "schema_version"] {
      if let value = manifest.json[member] { answer[member] = value }
    }
    if let bytes = manifest.totalBytes { answer["bytes"] = .integer(bytes) }
    return answer
  }
}
