// SPDX-License-Identifier: Apache-2.0
package import JSON

/// What a plugin says of itself before any of its code runs; see ManifestReader for the rules it has passed.
package struct Manifest: Sendable {
  /// What the plugin's code needs of the contract.
  package struct ABI: Sendable, Hashable {
    package let major: Int
    package let minor: Int
    /// Services such as "jf.log/1" it cannot do without.
    package let needs: [String]
    /// Services it uses if they are there.
    package let uses: [String]
  }

  /// What loads the plugin's code.
  package enum Activation: Sendable, Hashable {
    case onStart
    case onCommand(String)
    case onEvent(TopicPattern)
  }

  package struct Subscription: Sendable, Hashable {
    package let topic: TopicPattern
    package let queue: Int
    package let overflow: Overflow
    /// With `latestPerKey`: the payload's member that is the key.
    package let key: String?
  }

  package let id: String
  package let name: String
  package let version: SemanticVersion
  package let license: String?
  package let summary: String
  package let abi: ABI
  /// A file name in the manifest's own directory; nil only for a manifest inside its library.
  package let library: String?
  package let activation: [Activation]
  /// Whether several host threads may be inside the plugin at once.
  package let concurrent: Bool
  package let namespaces: [String]
  package let commands: [CommandDescription]
  /// Schemas of the commands that have one, by the command's name.
  package let inputSchemas: [String: JSONSchema]
  package let subscribes: [Subscription]
  package let publishes: [TopicPattern]
  /// nil: the plugin takes no configuration.
  package let configSchema: JSONSchema?
  package let permissions: JSONValue
  /// Ids of plugins that must be there, with their versions.
  package let requires: [String: VersionRange]
  /// Ids of plugins that are started first if they are there.
  package let after: [String]

  /// The host's own.
  package static let reservedNamespaces = ["host", "plugin", "config", "call", "event", "command"]
  /// Manifests are at most this many bytes.
  package static let sizeLimit = 256 << 10

  /// Whether the text is a plugin id: lower-case letters and digits, joined by "." or "-", at most 100 characters.
  package static func isIdentifier(_ text: String) -> Bool {
    guard (1...100).contains(text.utf8.count), let first = text.utf8.first, isLetter(first) else { return false }
    let parts = text.utf8.split(omittingEmptySubsequences: false) { $0 == UInt8(ascii: ".") || $0 == UInt8(ascii: "-") }
    return parts.allSatisfy { part in !part.isEmpty && part.allSatisfy { isLetter($0) || UInt8(ascii: "0")...UInt8(ascii: "9") ~= $0 } }
  }

  private static func isLetter(_ byte: UInt8) -> Bool { UInt8(ascii: "a")...UInt8(ascii: "z") ~= byte }
}
