// SPDX-License-Identifier: Apache-2.0

/// The languages there are templates for.
enum PluginLanguage: String, CaseIterable {
  case swift, c, rust

  static let names = allCases.map(\.rawValue)
}
