// SPDX-License-Identifier: Apache-2.0
import CLinux

/// Where every thread of this process is.
enum StackText {
  private static let limit = 256 << 10

  static func ofThisProcess() -> [UInt8] {
    var text = [CChar](repeating: 0, count: limit)
    let count = unsafe linux_stacks(&text, limit, 200)
    return text.prefix(max(0, count)).map { UInt8(bitPattern: $0) }
  }
}
