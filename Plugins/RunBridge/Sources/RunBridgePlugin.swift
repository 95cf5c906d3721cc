// SPDX-License-Identifier: Apache-2.0

public import PluginSDK

/// Lets scripts that run normally ask whoever is attached: an editor, a page, a terminal.
public final class RunBridgePlugin: Plugin {
  /// As in plugin.json.
  public static let id = "run-bridge"
  /// As in plugin.json.
  public static let version = "0.1.0"

  private let context: PluginContext

  /// Reads the settings and begins nothing.
  public init(_ context: PluginContext) throws {
    self.context = context
  }
}
