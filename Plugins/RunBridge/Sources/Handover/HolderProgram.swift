// SPDX-License-Identifier: Apache-2.0

internal import Processes

/// The program that keeps connections while no host is there.
enum HolderProgram {
  /// Beside the program that this process runs, be that the host or the process of one plugin.
  static var path: String {
    let own = ProcessProgram.path ?? ""
    return own.prefix(upTo: own.lastIndex(of: "/") ?? own.startIndex) + "/jackfield-holder"
  }
}
