// SPDX-License-Identifier: Apache-2.0

/// The directories a plugin may use.
public enum DirectoryKind: UInt32, Sendable {
  /// Kept for ever: databases, bundles. Shared by the plugins: name files after the plugin.
  case data = 1
  /// Kept across restarts, worth little: spools, histories.
  case state = 2
  /// Gone at log-out: sockets.
  case runtime = 3
  /// The directory the plugin's own files were loaded from, read-only.
  case library = 4
}
