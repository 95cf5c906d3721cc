// SPDX-License-Identifier: Apache-2.0

/// The kinds of bundles.
enum BundleFormat: String, Codable, Sendable {
  /// Ours: manifest.json.
  case jackfield
  /// The earlier dashboard's: bundle.json.
  case onthefly

  /// The file that tells what is in a bundle.
  var manifestName: String {
    switch self {
    case .jackfield: "manifest.json"
    case .onthefly: "bundle.json"
    }
  }
}
