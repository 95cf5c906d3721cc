// SPDX-License-Identifier: Apache-2.0

import Glibc

@testable import Kernel

/// A control group of little memory, of either hierarchy.
struct MemoryGroup {
  let path: String
  /// The file that takes the numbers of its members; "0" is the writer's own.
  var members: String { path + "/cgroup.procs" }

  /// Root may, where the file system is not read-only.
  static let canBeMade: Bool = {
    guard let group = MemoryGroup(bytes: 64 << 20) else { return false }
    group.remove()
    return true
  }()

  init?(bytes: Int) {
    let name = "launch-test-\(getpid())-\(UInt32.random(in: 0...UInt32.max))"
    for (root, file) in [("/sys/fs/cgroup/memory", "memory.limit_in_bytes"), ("/sys/fs/cgroup", "memory.max")] {
      let path = root + "/" + name
      guard mkdir(path, 0o755) == 0 else { continue }
      if LocalFiles.kind(path + "/" + file) == .file, Self.write("\(bytes)", to: path + "/" + file) {
        self.path = path
        return
      }
      rmdir(path)
    }
    return nil
  }

  func remove() { rmdir(path) }

  private static func write(_ text: String, to path: String) -> Bool {
    let descriptor = open(path, O_WRONLY)
    defer { close(descriptor) }
    return Glibc.write(descriptor, text, text.utf8.count) == text.utf8.count
  }
}
