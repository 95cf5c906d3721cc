// SPDX-License-Identifier: Apache-2.0

/// Collects what is wrong with one manifest.
final class FaultList {
  private(set) var all: [SignatureFault] = []

  func report(_ path: [SignatureFault.Step], _ cause: String) { all.append(SignatureFault(path: path, cause: cause)) }
}

extension Sequence<String> {
  /// "'a', 'b' or 'c'".
  var alternatives: String {
    let quoted = map { "'\($0)'" }
    guard quoted.count > 1, let last = quoted.last else { return quoted.first ?? "" }
    return quoted.dropLast().joined(separator: ", ") + " or " + last
  }
}
