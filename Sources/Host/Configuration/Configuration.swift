// SPDX-License-Identifier: Apache-2.0
package import JSON
package import PluginBridge

/// What the host was told by its configuration files, checked, with defaults for the rest.
package struct Configuration: Sendable {
  /// How a plugin runs.
  package enum Mode: String, Sendable, CaseIterable {
    case inprocess
    case process
  }

  package struct Plugin: Sendable, Hashable {
    package var enabled = true
    /// nil: the host decides.
    package var mode: Mode?
    /// As written: without the schema's defaults, secrets still references.
    package var config: JSONValue = [:]
    /// What a process of its own finds in its environment: text, or references as in `config`.
    package var environment: JSONValue = [:]
    /// Whether every crossing between host and plugin is written down.
    package var record = false

    package init(
      enabled: Bool = true, mode: Mode? = nil, config: JSONValue = [:], environment: JSONValue = [:], record: Bool = false
    ) {
      self.enabled = enabled
      self.mode = mode
      self.config = config
      self.environment = environment
      self.record = record
    }
  }

  package struct Log: Sendable, Hashable {
    package var level = LogLevel.info
    /// Whether lines also go to a file in the state directory.
    package var file = true
    /// A file of this size is put aside and a new one begun.
    package var maxBytes = 10 << 20
    /// How many files put aside are kept.
    package var keep = 5
  }

  package struct Control: Sendable, Hashable {
    package var maxConnections = 256
    package var maxLineBytes = 16 << 20
  }

  package struct Trust: Sendable, Hashable {
    /// Whether a plugin is refused when its files are not those that were allowed.
    package var pin = true
  }

  package struct Limits: Sendable, Hashable {
    package var startTimeoutMilliseconds = 10_000
    package var stopTimeoutMilliseconds = 5_000
    /// How long old code may go on with its calls when its files were replaced.
    package var drainTimeoutMilliseconds = 10_000
    /// How long a plugin in a process of its own may go on with a call that was given up.
    package var cancelGraceMilliseconds = 2_000
    /// How long such a plugin may be at one thing.
    package var stuckTimeoutMilliseconds = 30_000
    package var maxCallsInFlight = 10_000
  }

  /// Only those the files name; see `plugin(_:)`.
  package var plugins: [String: Plugin] = [:]
  /// Absolute.
  package var pluginPath: [String] = []
  package var log = Log()
  package var control = Control()
  package var limits = Limits()
  package var trust = Trust()

  /// The files' values merged, secrets still references.
  let written: JSONValue
  let origins: ConfigurationOrigins

  /// The defaults.
  package init() {
    written = [:]
    origins = ConfigurationOrigins()
  }

  init(written: JSONValue, origins: ConfigurationOrigins) {
    self.written = written
    self.origins = origins
  }

  /// What is set for one plugin; the defaults for one the files do not name.
  package func plugin(_ id: String) -> Plugin { plugins[id] ?? Plugin() }
}
