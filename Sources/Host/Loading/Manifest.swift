// SPDX-License-Identifier: Apache-2.0
package import JSON
package import PluginBridge
package import Signatures

/// What a plugin says of itself before any of its code runs: plugin.json, or the same text as a note inside its library.
package struct Manifest: Sendable {
  package enum Kind: String, Sendable, CaseIterable {
    /// Code written for this host.
    case plugin
    /// A C library whose functions become commands; see Plugins/CLibrary.
    case cLibrary = "c-library"
  }

  package struct ABI: Hashable, Sendable {
    package var major: Int
    package var minor: Int
    /// Services of the host that must be there, and those it makes use of when they are.
    package var needs: [String]
    package var uses: [String]
  }

  package enum Activation: Hashable, Sendable {
    case onStart
    /// With the host, when there is something at a path below the state directory.
    case onFile(String)
    /// With the host, when a setting of the plugin is neither empty nor zero nor false.
    case onSetting(String)
    case onCommand(String)
    case onEvent(TopicPattern)
  }

  package struct Subscription: Hashable, Sendable {
    package var topic: TopicPattern
    package var queue: Int
    package var overflow: Overflow
    /// The member of the payload that tells events apart, for `latestPerKey`.
    package var key: String?
  }

  /// A page of the plugin's own that the dashboard shows; see Docs/writing-a-plugin.md.
  package struct Panel: Hashable, Sendable {
    package var id: String
    package var title: String
    /// Below the plugin's directory, and the file in it that is shown first.
    package var folder: String
    package var index: String
    /// What it may call and hear: names, or patterns as "runs.*".
    package var commands: [String]
    package var topics: [String]
  }

  package struct Requirement: Hashable, Sendable {
    package var id: String
    package var versions: VersionRange
  }

  package var kind: Kind
  package var id: String
  package var name: String
  package var version: SemanticVersion
  package var license: String?
  package var summary: String
  package var abi: ABI
  /// The library's file name, in the directory of plugin.json; nil in a note, which is inside the library. For a C library see
  /// `cInterface`.
  package var library: String?
  /// When its code is loaded; nil: by the first call of a command and the first event of a subscription.
  package var activation: [Activation]?
  package var isConcurrent: Bool
  /// How new files take the place of running ones; nil leaves it to the host.
  package var reload: PluginBlueprint.Reload?
  package var namespaces: [String]
  package var commands: [CommandDescription]
  package var subscribes: [Subscription]
  package var publishes: [TopicPattern]
  /// JSON Schema of the configuration, with defaults.
  package var configurationSchema: JSONValue?
  package var permissions: JSONValue
  /// In the order of their ids.
  package var requires: [Requirement]
  /// Ids of plugins that start earlier if they are there.
  package var after: [String]
  /// What it says of C, if it is of that kind.
  package var cInterface: LibraryInterface?
  package var panels: [Panel]
  /// The whole text as JSON.
  package var document: JSONValue
}
