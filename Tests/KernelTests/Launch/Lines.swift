// SPDX-License-Identifier: Apache-2.0

import Synchronization

/// Lines as they come.
final class Lines: Sendable {
  private let lines = Mutex<[String]>([])

  func add(_ line: String) { lines.withLock { $0.append(line) } }

  var all: [String] { lines.withLock { $0 } }
}
