// SPDX-License-Identifier: Apache-2.0

public import PluginAPI

extension Conformance {
  /// Checks a plugin by its table.
  public static func check(
    table: UnsafePointer<jf_plugin>, manifest: String, configuration: String = "{}", patience: Duration = .seconds(2)
  ) async -> [Finding] {
    await check(unsafe PluginTable(table), manifest, configuration, patience)
  }
}
