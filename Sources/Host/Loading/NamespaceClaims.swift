// SPDX-License-Identifier: Apache-2.0

/// Which namespace belongs to which plugin: each to one. Ask in the order of the search path; the earlier one keeps it.
package struct NamespaceClaims {
  private var owners: [(namespace: String, id: String, path: String)] = []

  package init() {}

  /// Gives a plugin its namespaces, all or none.
  ///
  /// - Throws: When one of them is another plugin's, or lies in one, or one of those lies in it.
  package mutating func claim(_ plugin: DiscoveredPlugin) throws(Refusal) {
    guard let manifest = plugin.manifest else { return }
    for namespace in manifest.namespaces {
      guard let owner = owners.first(where: { Self.overlap($0.namespace, namespace) && $0.id != plugin.id }) else { continue }
      let what =
        owner.namespace == namespace
        ? "both claim the namespace '\(namespace)'"
        : "claim the namespaces '\(owner.namespace)' and '\(namespace)', of which one lies in the other"
      throw Refusal(
        .namespaceTaken, path: plugin.path,
        "the plugins '\(owner.id)' ('\(owner.path)') and '\(plugin.id)' ('\(plugin.path)') \(what); disable or rename one of them")
    }
    owners += manifest.namespaces.map { ($0, plugin.id, plugin.path) }
  }

  /// Refuses the later ones of those that claim the same; those refused already claim nothing.
  package static func settle(_ plugins: inout [DiscoveredPlugin]) {
    var claims = NamespaceClaims()
    for index in plugins.indices where plugins[index].refusal == nil {
      do throws(Refusal) { try claims.claim(plugins[index]) } catch { plugins[index].refusal = error }
    }
  }

  private static func overlap(_ left: String, _ right: String) -> Bool {
    left == right || left.hasPrefix(right + ".") || right.hasPrefix(left + ".")
  }
}
