// SPDX-License-Identifier: Apache-2.0

internal import JSON

/// A checkpoint of the copied database, as `store.copy_runs` tells it.
struct CopiedCheckpoint: Decodable, Sendable {
  var id: Int64
  var run: String
  var session: String?
  var step: Int64
  var path: String
  var kind: String
  var usablePath: String?
  var legacyID: String?

  private enum CodingKeys: String, CodingKey {
    case id, run, session, step, path, kind
    case usablePath = "usable_path"
    case legacyID = "legacy_id"
  }

  var isFinalModel: Bool { kind == "test" }

  /// Its name in a bundle: fit for every file system, and unlike any other's.
  var fileName: String {
    let ending = path.split(separator: "/").last?.split(separator: ".").dropFirst().last.map(String.init) ?? ""
    let isPlain = !ending.isEmpty && ending.utf8.count <= 8 && BundlePath.slug(ending) == ending
    return "\(isFinalModel ? "final_models" : "checkpoints")/\(BundlePath.slug(run))-\(step)-\(id).\(isPlain ? ending : "pt")"
  }
}
