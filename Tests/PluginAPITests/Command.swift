// SPDX-License-Identifier: Apache-2.0

import Foundation

/// A program run to its end.
struct CommandResult {
  let status: Int32
  let output: String
}

/// The root of the package.
let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

/// The path of a program; `nil` when it is not installed.
func find(_ program: String) -> String? {
  let directories = (ProcessInfo.processInfo.environment["PATH"] ?? "").split(separator: ":")
  return directories.map { "\($0)/\(program)" }.first { FileManager.default.isExecutableFile(atPath: $0) }
}

/// Runs a program and collects what it prints.
func run(_ program: String, _ arguments: [String]) throws -> CommandResult {
  let process = Process()
  process.executableURL = URL(filePath: program)
  process.arguments = arguments
  let pipe = Pipe()
  process.standardOutput = pipe
  process.standardError = pipe
  process.standardInput = FileHandle.nullDevice
  try process.run()
  let output = try pipe.fileHandleForReading.readToEnd() ?? Data()
  process.waitUntilExit()
  return CommandResult(status: process.terminationStatus, output: String(decoding: output, as: UTF8.self))
}
