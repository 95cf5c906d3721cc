// SPDX-License-Identifier: Apache-2.0
package import JSON

/// A plugin as it was found on disk and judged, before anything of it runs.
package struct PluginCandidate: Sendable {
  package enum Verdict: Sendable {
    case accepted(PluginBlueprint)
    case disabled
    /// One sentence: the path, the cause, the cure.
    case refused(String)
  }

  package var id: String
  package var version: String
  /// The plugin's directory, or its single file.
  package var path: String
  /// "inprocess" or "process".
  package var mode: String
  package var verdict: Verdict
  /// Other copies of it that come later on the search path.
  package var shadowed: [String]
  /// Changes when the manifest or a library is another one than before.
  package var fingerprint: String
  /// Of the files that may be loaded; nil for plugins that may not run.
  package var sha256: String?
  /// The manifest as JSON, for `plugins info`.
  package var manifest: JSONValue?

  package init(
    id: String, version: String = "", path: String, mode: String = "inprocess", verdict: Verdict, shadowed: [String] = [],
    fingerprint: String = "", sha256: String? = nil, manifest: JSONValue? = nil
  ) {
    self.id = id
    self.version = version
    self.path = path
    self.mode = mode
    self.verdict = verdict
    self.shadowed = shadowed
    self.fingerprint = fingerprint
    self.sha256 = sha256
    self.manifest = manifest
  }
}
