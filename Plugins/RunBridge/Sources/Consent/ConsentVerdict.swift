// SPDX-License-Identifier: Apache-2.0

/// Whether a run may execute a command, as a person says.
enum ConsentVerdict: Sendable, Hashable {
  case allowed(by: String?)
  case denied(by: String?)
  /// Nobody is attached who could say.
  case nobody
}
