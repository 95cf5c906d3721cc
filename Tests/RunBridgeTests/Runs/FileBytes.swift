// SPDX-License-Identifier: Apache-2.0

import FoundationEssentials

/// Whole files of a test.
enum FileBytes {
  static func read(_ path: String) throws -> Data { try Data(contentsOf: URL(filePath: path)) }
  static func text(_ path: String) throws -> String { String(decoding: try read(path), as: UTF8.self) }
}
