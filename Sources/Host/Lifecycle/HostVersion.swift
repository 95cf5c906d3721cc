// SPDX-License-Identifier: Apache-2.0

/// What this build calls itself.
package enum HostVersion {
  package static let current = "0.1.0"
  /// The plugin ABI it speaks, major and minor.
  package static let abi = "1.0"
}
