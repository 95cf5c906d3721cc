// SPDX-License-Identifier: Apache-2.0
// A real process that crashes, with the Swift runtime inside it, as a process of a plugin has.
import Foundation
import Testing

@testable import Host

enum CrashingProgram {
  struct End {
    var pid: Int32
    var status: Int32

    var signal: Int32 { status & 0x7f }
  }

  /// Where this process has its Swift runtime from; the program must use the same one.
  private static let runtimeFolder = LoadedLibraries.paths().first { $0.hasSuffix("/libswiftCore.so") }?.parentDirectory ?? ""

  /// What the runtime calls to look at a process: beside its libraries in the toolchain.
  static let toolPath = runtimeFolder.parentDirectory.parentDirectory.parentDirectory + "/libexec/swift/linux/swift-backtrace"

  static var hasTool: Bool { FileManager.default.isExecutableFile(atPath: toolPath) }

  private static let program: String = {
    let path = FixturePlugin.temporaryDirectory("jackfield-crash") + "/crash"
    let source = "\(FixturePlugin.packageDirectory)/Tests/Fixtures/Crashes/crash.c"
    let status = FixturePlugin.run([
      "cc", "-g", "-O0", "-D_GNU_SOURCE", source, "-o", path, "-L\(runtimeFolder)", "-Wl,--no-as-needed", "-lswiftCore",
      "-Wl,-rpath,\(runtimeFolder)", "-lpthread",
    ])
    precondition(status == 0, "cannot compile crash.c")
    return path
  }()

  /// Runs the program to its end with a directory for the runtime's file.
  static func run(_ how: String, backtraces directory: String) throws -> End {
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    posix_spawn_file_actions_addopen(&actions, 2, "/dev/null", O_WRONLY, 0)
    let environment = ProcessInfo.processInfo.environment.merging(RuntimeBacktrace.environment(directory: directory)) { $1 }
    let words: [String] = [program, how]
    var arguments = words.map { strdup($0) } + [nil]
    var variables = environment.map { strdup("\($0)=\($1)") } + [nil]
    defer { for pointer in arguments + variables { free(pointer) } }
    var pid = pid_t()
    try #require(posix_spawn(&pid, program, &actions, nil, &arguments, &variables) == 0)
    var status: Int32 = 0
    while waitpid(pid, &status, 0) < 0, errno == EINTR {}
    return End(pid: pid, status: status)
  }
}
