// SPDX-License-Identifier: Apache-2.0

/// A settled order: exactly what will be begun. Shown to people before, kept for a restart after.
struct KernelPlan: Sendable, Hashable, Codable {
  var order: KernelOrder
  /// The spec's name; for a synthetic one a name of ours.
  var spec: String
  /// For people, as "Python 3.11 (venv)".
  var displayName: String
  /// As "python".
  var language: String
  /// With `{connection_file}` and its like still in it; empty for a provider that runs elsewhere.
  var command: [String] = []
  /// Absolute; empty for a provider that runs elsewhere.
  var workingDirectory: String = ""
  /// All variables of the process, complete.
  var environment: [String: String] = [:]
  /// "signal" or "message".
  var interruptMode: String = "signal"
  /// Of the spec: `metadata` and the protocol it claims, as far as a provider looks at them.
  var supportsCurve = false
  /// Whether the kernel takes a registration file (JEP 66).
  var registers = false
  /// Whether the kernel is known to work over Unix sockets.
  var usesSockets = false
}
