// SPDX-License-Identifier: Apache-2.0

public import PluginSDK

/// Runs code in Jupyter kernels, and keeps kernels, results and watches for whoever asks.
public final class KernelPlugin: Plugin {
  /// As in plugin.json.
  public static let id = "kernel"
  /// As in plugin.json.
  public static let version = "0.1.0"

  private let context: PluginContext

  /// Begins nothing.
  public init(_ context: PluginContext) throws { self.context = context }
}
