// SPDX-License-Identifier: Apache-2.0
import Glibc

/// Exit statuses, and the way out.
enum SystemExit {
  static let ok: Int32 = 0
  /// The command ran and failed.
  static let failed: Int32 = 1
  /// The words on the command line are wrong.
  static let usage: Int32 = 2
  /// There is no host to talk to.
  static let noHost: Int32 = 3
  /// Ended by Ctrl-C, as a shell would say it.
  static let interrupted: Int32 = 130

  static func end(_ status: Int32) -> Never { exit(status) }
}
