// SPDX-License-Identifier: Apache-2.0
package import JSON

extension Configuration {
  /// One value of the configuration as a person may see it.
  package struct Entry: Hashable, Sendable {
    package let path: JSONPath
    /// Secrets masked.
    package let value: JSONValue
    /// nil: a default.
    package let origin: SourceLocation?
  }

  /// Everything as a person may see it: defaults filled in, secrets masked.
  package func shown() -> JSONValue {
    SecretReference.masking(ConfigurationSchema.schema.filledIn(written))
  }

  /// Every value that is no object, in the order of the paths, with where it comes from.
  package func entries() -> [Entry] {
    var entries: [Entry] = []
    collect(ConfigurationSchema.schema.filledIn(written), JSONPath(), &entries)
    return entries.sorted { $0.path.description < $1.path.description }
  }

  private func collect(_ value: JSONValue, _ path: JSONPath, _ entries: inout [Entry]) {
    if case .object(let members) = value, !members.isEmpty, SecretReference(value) == nil {
      for (name, member) in members { collect(member, path.appending(name), &entries) }
    } else {
      entries.append(Entry(path: path, value: SecretReference.masking(value), origin: origins.location(of: path)))
    }
  }
}
