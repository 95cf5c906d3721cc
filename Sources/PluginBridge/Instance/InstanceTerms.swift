// SPDX-License-Identifier: Apache-2.0

/// What an instance is made from: the parts of its manifest and configuration that the host holds it to.
package struct InstanceTerms: Sendable {
  package var id: String
  package var version: String
  package var libraryPath: String
  /// JSON, validated, with defaults filled in and secrets resolved. Never logged.
  package var configuration: [UInt8]
  package var commands: Set<String>
  /// Exact topics, or patterns such as "trainer.*".
  package var publishes: [TopicPattern]
  /// Threads that may be inside the plugin at once; 1 unless the manifest says "concurrent".
  package var threads: Int
  package var directories: InstanceDirectories
  package var limits = InstanceLimits()
  /// Where every crossing is written down, one JSON object a line; nil writes nothing.
  package var recordPath: String?
  /// Whether the library stands in for a plugin that has no code for us: then its own id and version are not the manifest's.
  package var isAdapter: Bool

  package init(
    id: String, version: String, libraryPath: String, configuration: [UInt8], commands: Set<String>, publishes: [TopicPattern],
    threads: Int, directories: InstanceDirectories, isAdapter: Bool = false
  ) {
    self.id = id
    self.version = version
    self.libraryPath = libraryPath
    self.configuration = configuration
    self.commands = commands
    self.publishes = publishes
    self.threads = threads
    self.directories = directories
    self.isAdapter = isAdapter
  }
}

/// The directories of "jf.paths/1": absolute, existing.
package struct InstanceDirectories: Sendable {
  package var data: String
  package var state: String
  package var runtime: String
  package var library: String

  package init(data: String, state: String, runtime: String, library: String) {
    self.data = data
    self.state = state
    self.runtime = runtime
    self.library = library
  }
}
