// SPDX-License-Identifier: Apache-2.0
import PluginBridge

/// What plugins and their namespaces may be called.
package enum PluginNames {
  package static func isID(_ text: String) -> Bool { ManifestParser.isID(text) && text.utf8.count <= 100 }

  /// Whether a plugin may claim it.
  package static func isNamespace(_ text: String) -> Bool { TopicPattern.isTopic(text) && !isReserved(text) }

  /// Whether it belongs to the host.
  package static func isReserved(_ namespace: String) -> Bool {
    ManifestParser.reservedNamespaces.contains(String(namespace.prefix { $0 != "." }))
  }
}
