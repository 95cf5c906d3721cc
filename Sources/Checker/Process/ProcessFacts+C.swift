// SPDX-License-Identifier: Apache-2.0
import Glibc

/// Facts about this process that only C tells.
enum ProcessFacts {
  static func locale() -> String {
    guard let name = unsafe setlocale(LC_ALL, nil) else { return "" }
    return unsafe String(cString: name)
  }

  static func environment() -> [String] {
    // clearenv leaves NULL there, which the type does not know.
    guard unsafe UInt(bitPattern: environ) != 0 else { return [] }
    var all: [String] = []
    var next = unsafe environ
    while let entry = unsafe next.pointee {
      unsafe all.append(String(cString: entry))
      unsafe next += 1
    }
    return all.sorted()
  }

  static func limits() -> [String] {
    let kinds = [
      ("files", RLIMIT_NOFILE), ("stack", RLIMIT_STACK), ("core", RLIMIT_CORE), ("memory", RLIMIT_AS), ("data", RLIMIT_DATA),
      ("cpu", RLIMIT_CPU), ("file size", RLIMIT_FSIZE),
    ]
    return kinds.map { name, kind in
      var limit = rlimit()
      unsafe getrlimit(__rlimit_resource_t(kind.rawValue), &limit)
      return "\(name) \(limit.rlim_cur) of \(limit.rlim_max)"
    }
  }

  static func identity(ofDescriptor descriptor: Int32) -> String {
    var status = stat()
    guard unsafe fstat(descriptor, &status) == 0 else { return "" }
    return "\(status.st_dev):\(status.st_ino)"
  }

  /// Ends a child of this process.
  static func end(process: Int32) {
    kill(process, SIGKILL)
    _ = waitpid(process, nil, 0)
  }
}
