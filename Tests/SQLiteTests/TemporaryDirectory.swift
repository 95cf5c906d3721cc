// SPDX-License-Identifier: Apache-2.0

import Glibc

/// A directory of its own for one test, removed with everything in it when released.
final class TemporaryDirectory {
  let path: String

  init() {
    var template = Array("/tmp/jackfield-sqlite-XXXXXX".utf8CString)
    guard mkdtemp(&template) != nil else { preconditionFailure("no directory in /tmp") }
    path = String(decoding: template.dropLast().map(UInt8.init(bitPattern:)), as: UTF8.self)
  }

  deinit {
    if let directory = opendir(path) {
      while let entry = readdir(directory) {
        let name = withUnsafePointer(to: &entry.pointee.d_name) {
          $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
        }
        unlink("\(path)/\(name)")
      }
      closedir(directory)
    }
    rmdir(path)
  }
}
