// SPDX-License-Identifier: Apache-2.0
// Compiles the plugins of Tests/Fixtures/Plugins with the system's C compiler, once for each set of options.
import FoundationEssentials
import Glibc
import Synchronization

/// A real plugin library made from C for one test run.
enum FixturePlugin {
  /// The directory of this package, found from this file.
  static let packageDirectory: String = {
    var parts = #filePath.split(separator: "/", omittingEmptySubsequences: false)
    parts.removeLast(4)
    return parts.joined(separator: "/")
  }()

  private static let built = Mutex<[String: String]>([:])
  private static let directory = temporaryDirectory("jackfield-fixtures")

  /// Compiles `source` (a file name in Tests/Fixtures/Plugins) and returns the path of a copy of the library: a plugin's static
  /// variables belong to its image, so tests that run side by side must not share one.
  static func library(_ source: String, _ options: [String] = []) throws -> String {
    let original = try compiled(source, options)
    let path = "\(directory)/lib\(source.prefix { $0 != "." })-copy-\(copies.wrappingAdd(1, ordering: .relaxed).newValue).so"
    try FileManager.default.copyItem(atPath: original, toPath: path)
    return path
  }

  private static let copies = Atomic<Int>(0)

  private static func compiled(_ source: String, _ options: [String]) throws -> String {
    let key = ([source] + options).joined(separator: "\u{1}")
    return try built.withLock { built in
      if let known = built[key] { return known }
      let path = "\(directory)/lib\(source.prefix { $0 != "." })-\(built.count).so"
      try compile("\(packageDirectory)/Tests/Fixtures/Plugins/\(source)", to: path, options)
      built[key] = path
      return path
    }
  }

  private static func compile(_ source: String, to path: String, _ options: [String]) throws {
    let arguments =
      ["cc", "-std=c99", "-D_GNU_SOURCE", "-fPIC", "-shared", "-fvisibility=hidden", "-I\(packageDirectory)/Sources/PluginAPI/include"]
      + options + [source, "-o", path, "-lpthread"]
    let status = run(arguments)
    guard status == 0 else { throw CompilerFailure(arguments: arguments, status: status) }
  }

  struct CompilerFailure: Error {
    let arguments: [String]
    let status: Int32
  }

  /// Runs a program of PATH and waits for it.
  static func run(_ arguments: [String]) -> Int32 {
    var pid = pid_t()
    var pointers = arguments.map { strdup($0) } + [nil]
    defer { for pointer in pointers { free(pointer) } }
    guard posix_spawnp(&pid, pointers[0]!, nil, nil, &pointers, environ) == 0 else { return 127 }
    var status: Int32 = 0
    while waitpid(pid, &status, 0) < 0, errno == EINTR {}
    return status
  }

  static func temporaryDirectory(_ name: String) -> String {
    var template = Array("\(FileManager.default.temporaryDirectory.path)/\(name)-XXXXXX".utf8CString)
    return String(cString: mkdtemp(&template))
  }
}
