// SPDX-License-Identifier: Apache-2.0
import JSON

/// Holds a schema that the manifest gives against the one that follows from the signature.
struct SchemaCheck {
  let signature: Signature
  let libraryArgument: String?

  func check(_ command: Part) {
    let schemas = SignatureSchemas(signature, libraryArgument: libraryArgument)
    check(command, "input", schemas.input, asksAll: true)
    check(command, "output", schemas.output, asksAll: false)
  }

  private func check(_ command: Part, _ key: String, _ derived: JSONValue, asksAll: Bool) {
    guard let given = command.members[key]?["properties"]?.objectValue, let own = derived["properties"]?.objectValue else { return }
    let path = command.path + [.key(key), .key("properties")]
    for (name, schema) in given.sorted(by: { $0.key < $1.key }) {
      guard let expected = own[name] else {
        command.faults.report(path + [.key(name)], "is no value of the signature; remove it, or correct the name")
        continue
      }
      if let type = schema["type"]?.stringValue, let right = expected["type"]?.stringValue, type != right {
        command.faults.report(path + [.key(name), .key("type")], "is '\(type)', but the signature says '\(right)'; correct one of the two")
      }
    }
    guard asksAll else { return }
    for name in derived["required"]?.arrayValue?.compactMap(\.stringValue) ?? [] where given[name] == nil {
      command.faults.report(path, "does not have '\(name)', which the signature asks for; add it, or give it a 'default'")
    }
  }
}
