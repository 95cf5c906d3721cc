// SPDX-License-Identifier: Apache-2.0

internal import PluginSDK

/// The sentence with which a bundle is sent back.
enum BundleRefusal {
  static func make(_ path: String, _ reason: String, code: String = "bad_bundle") -> PluginFailure {
    PluginFailure("cannot use the bundle '\(path)': \(reason)", code: code, status: .invalid)
  }
}
