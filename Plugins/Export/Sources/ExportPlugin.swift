// SPDX-License-Identifier: Apache-2.0

public import PluginSDK

/// Takes runs out of the host and into it: bundles, samples, metrics.
public final class ExportPlugin: Plugin {
  /// As in plugin.json.
  public static let id = "export"
  /// As in plugin.json.
  public static let version = "0.1.0"

  private let context: PluginContext
  private let background = Background()

  /// Begins nothing.
  public init(_ context: PluginContext) throws { self.context = context }

  /// In the order of plugin.json.
  public var commands: [Command] {
    BundleCommands(context: context, background: background).all + [
      SamplesExport(context: context, background: background).command, MetricsExport(context: context, background: background).command,
    ]
  }

  /// Removes what imports left that were cut off.
  public func start() async throws {
    let bundles = try context.directory(.data) + "/bundles"
    let removed = try await background.run(for: nil) { _ in Leftovers.sweep(bundles) }
    if !removed.isEmpty { context.log.info("files of unfinished imports removed", ["path": bundles, "count": removed.count]) }
  }

  /// Breaks off what is being written, and waits until its halves are removed.
  public func stop() async { background.stop() }
}
