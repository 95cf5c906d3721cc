// SPDX-License-Identifier: Apache-2.0

public import PluginAPI

extension TestHost {
  /// Makes and starts an instance of any plugin whose table is at hand.
  public convenience init(
    table: UnsafePointer<jf_plugin>, configuration: String = "{}", manifest: String? = nil, starting: Bool = true
  ) async throws {
    try await self.init(
      unsafe PluginTable(table), configuration, manifest.map(PluginManifest.init(path:)), isOurs: false, starting)
  }
}
