// SPDX-License-Identifier: Apache-2.0
import FoundationEssentials
import JSON

/// What a person calls a kernel: its id or the first characters of it, or a file that runs in it.
enum KernelName {
  /// Only what looks like a path, or is a file, is one.
  static func input(
    _ name: String, exists: (String) -> Bool = { FileManager.default.fileExists(atPath: $0) }
  ) -> [String: JSONValue] {
    let isFile = name.contains("/") || name.contains(".") || exists(name)
    return isFile ? ["document": .string(KernelTarget.absolute(name))] : ["kernel": .string(name)]
  }
}
