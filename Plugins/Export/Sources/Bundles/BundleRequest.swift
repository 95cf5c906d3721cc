// SPDX-License-Identifier: Apache-2.0

/// The input of `export.bundle`.
struct BundleRequest: Decodable, Sendable {
  enum Checkpoints: String, Decodable, Sendable { case all, latest, none }

  var path: String
  var runs: [String]?
  var format: BundleFormat?
  var checkpoints: Checkpoints?
  var askTrainers: Bool?

  private enum CodingKeys: String, CodingKey {
    case path, runs, format, checkpoints
    case askTrainers = "ask_trainers"
  }
}
