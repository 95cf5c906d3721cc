// SPDX-License-Identifier: Apache-2.0

/// Why a plugin does not run, in one sentence.
package struct PluginFault: Error, CustomStringConvertible, Sendable {
  package let description: String

  package init(_ description: String) { self.description = description }
}
