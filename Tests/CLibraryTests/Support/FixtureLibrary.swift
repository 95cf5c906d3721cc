// SPDX-License-Identifier: Apache-2.0
import FoundationEssentials
import Glibc
import Testing

/// C libraries of the tests, built with the system's compiler.
enum FixtureLibrary {
  static let packageDirectory = String(#filePath.dropLast("/Tests/CLibraryTests/Support/FixtureLibrary.swift".count))

  /// everything.c, built once for all tests; without it none of them means anything.
  static let everything: String = try! build(packageDirectory + "/Tests/Fixtures/CLibraries/everything.c")

  /// A copy of it that no other test has in this process, so that its counts are one test's own.
  static func ownCopy() throws -> String {
    let copy = temporaryDirectory() + "/libeverything.so"
    try FileManager.default.copyItem(atPath: everything, toPath: copy)
    return copy
  }

  static func build(_ source: String, _ options: [String] = []) throws -> String {
    let library = temporaryDirectory() + "/lib\(URL(filePath: source).deletingPathExtension().lastPathComponent).so"
    try run(["cc", "-std=gnu11", "-O1", "-fPIC", "-shared", "-Wl,-soname,", source, "-o", library] + options)
    return library
  }

  static func temporaryDirectory() -> String {
    var template = Array("\(FileManager.default.temporaryDirectory.path)/jackfield-c-XXXXXX".utf8CString)
    return String(cString: mkdtemp(&template))
  }

  struct CompilerFailure: Error { let arguments: [String] }

  private static func run(_ arguments: [String]) throws {
    var pointers = arguments.map { strdup($0) } + [nil]
    defer { for pointer in pointers { free(pointer) } }
    var pid = pid_t()
    var status: Int32 = -1
    guard posix_spawnp(&pid, "cc", nil, nil, &pointers, environ) == 0 else { throw CompilerFailure(arguments: arguments) }
    while waitpid(pid, &status, 0) < 0, errno == EINTR {}
    guard status == 0 else { throw CompilerFailure(arguments: arguments) }
  }
}
