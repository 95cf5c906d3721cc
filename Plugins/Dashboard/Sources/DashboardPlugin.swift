// SPDX-License-Identifier: Apache-2.0

public import PluginSDK

/// Serves the page that people look at.
public final class DashboardPlugin: Plugin {
  /// As in plugin.json.
  public static let id = "dashboard"
  /// As in plugin.json.
  public static let version = "0.1.0"

  private let context: PluginContext

  /// Reads the settings and begins nothing.
  public init(_ context: PluginContext) throws { self.context = context }
}
