// SPDX-License-Identifier: Apache-2.0

internal import FoundationEssentials

/// What a test host needs to know of a plugin.json.
public struct PluginManifest: Decodable, Sendable {
  /// A command as the manifest names it.
  public struct Command: Decodable, Sendable {
    /// "namespace.verb".
    public let name: String
    /// Whether it is answered on the caller's thread.
    public let inline: Bool?
    /// Whether it may emit chunks.
    public let stream: Bool?
  }

  /// A subscription as the manifest names it.
  public struct Subscription: Decodable, Sendable {
    /// The topic or pattern.
    public let topic: String
  }

  /// The plugin's id.
  public let id: String
  /// The plugin's version.
  public let version: String
  /// The commands it must register, all of them.
  public let commands: [Command]?
  /// What it wants to hear, in order.
  public let subscribes: [Subscription]?
  /// The topics it may open.
  public let publishes: [String]?

  /// Reads a manifest from a file.
  ///
  /// - Throws: `TestHostError` with the path and what does not fit.
  public init(path: String) throws {
    do {
      let data = try Data(contentsOf: URL(filePath: path))
      self = try JSONDecoder().decode(PluginManifest.self, from: data)
    } catch {
      throw TestHostError("cannot read the manifest '\(path)': \(error)")
    }
  }

  /// Reads a manifest from its text.
  public init(json: String) throws {
    do {
      self = try JSONDecoder().decode(PluginManifest.self, from: Data(json.utf8))
    } catch {
      throw TestHostError("cannot read the manifest: \(error)")
    }
  }
}
