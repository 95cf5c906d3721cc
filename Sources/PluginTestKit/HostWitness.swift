// SPDX-License-Identifier: Apache-2.0

/// Somebody who looks at the process before and after each entry into a plugin, on the thread that enters.
package protocol HostWitness: Sendable {
  /// Called right before the plugin's function.
  func willEnter(_ function: String, _ arguments: String)
  /// Called right after it has returned.
  func didLeave(_ function: String)
}
