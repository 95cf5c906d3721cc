// SPDX-License-Identifier: Apache-2.0

import JSON
import PluginSDK
import Signatures

/// What the host hands to the adapter: {"manifest": the whole of plugin.json, "library": a path, "settings": the user's}.
struct AdapterConfiguration {
  let interface: LibraryInterface
  /// The C library's file, or the directory of many.
  let library: String
  /// Of the plugin whose manifest this is.
  let settings: [String: JSONValue]

  init(_ text: [UInt8]) throws(PluginFailure) {
    let document: JSONValue
    do throws(JSONError) { document = try JSONValue(parsing: text) } catch { throw Self.failure("its configuration is \(error)") }
    guard let manifest = document["manifest"], let library = document["library"]?.stringValue else {
      throw Self.failure("its configuration has no 'manifest' and 'library'; it is loaded by the host for plugins of kind 'c-library' only")
    }
    do throws(SignatureFaults) { interface = try LibraryInterface(manifest) } catch {
      throw Self.failure("the manifest is wrong: \(error)")
    }
    self.library = library
    settings = document["settings"]?.objectValue ?? [:]
  }

  private static func failure(_ cause: String) -> PluginFailure {
    PluginFailure("cannot make commands of a C library: \(cause)", status: .invalid)
  }
}
