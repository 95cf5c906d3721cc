// SPDX-License-Identifier: Apache-2.0
import FoundationEssentials

/// Where the products of the build lie: beside the bundle of the tests.
enum Products {
  static let directory: String = {
    var parts = CommandLine.arguments[0].split(separator: "/", omittingEmptySubsequences: false)
    while parts.count > 1, !FileManager.default.fileExists(atPath: parts.joined(separator: "/") + "/jackfield-runner") {
      parts.removeLast()
    }
    return parts.joined(separator: "/")
  }()
}
