// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing
import ZeroMQ

@testable import Kernel

/// A kernel's process, begun by a test and reaped by it, with a folder of its own.
final class TestKernel {
  let folder: URL
  let connection: ConnectionInfo
  private let process = Process()

  var file: URL { folder.appending(path: "connection.json") }
  var processID: Int32 { process.processIdentifier }

  private init(_ connection: (URL) throws -> ConnectionInfo) throws {
    // Short, for the sockets' paths.
    folder = URL(filePath: "/tmp/jfk-\(UUID().uuidString.prefix(8))")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: false)
    self.connection = try connection(folder)
    try Data(self.connection.json).write(to: file)
  }

  /// The one of Tests/Fixtures/NullKernel.
  static func null(_ flags: String..., over transport: String = "ipc") throws -> TestKernel {
    let kernel = try TestKernel { try place(transport, in: $0) }
    try kernel.begin([try NullKernel.program.get(), kernel.file.path()] + flags)
    return kernel
  }

  /// A real one.
  static func python(over transport: String = "ipc", curve keys: CurveKeys? = nil) throws -> TestKernel {
    let kernel = try TestKernel { folder in
      var connection = try place(transport, in: folder)
      connection.curvePublicKey = keys?.publicKey
      connection.curveSecretKey = keys?.secretKey
      return connection
    }
    let python = TestPlaces.root.appending(path: "build/venv/bin/python").path()
    try kernel.begin([python, "-m", "ipykernel_launcher", "-f", kernel.file.path()])
    return kernel
  }

  private static func place(_ transport: String, in folder: URL) throws -> ConnectionInfo {
    let ports = transport == "ipc" ? [1, 2, 3, 4, 5] : try freePorts(5)
    return ConnectionInfo(
      transport: transport, ip: transport == "ipc" ? folder.appending(path: "s").path() : "127.0.0.1", shellPort: ports[0],
      iopubPort: ports[1],
      stdinPort: ports[2], controlPort: ports[3], heartbeatPort: ports[4], key: "a-key-of-\(folder.lastPathComponent)", kernelName: "test")
  }

  static func freePorts(_ count: Int) throws -> [Int] {
    let context = try ZeroMQContext()
    let sockets = try (0..<count).map { _ in
      let socket = try ZeroMQSocket(.router, in: context)
      try socket.bind(to: "tcp://127.0.0.1:*")
      return socket
    }
    return sockets.compactMap(\.port)
  }

  private func begin(_ command: [String]) throws {
    process.executableURL = URL(filePath: command[0])
    process.arguments = Array(command.dropFirst())
    process.currentDirectoryURL = folder
    process.environment = ProcessInfo.processInfo.environment.merging(["IPYTHONDIR": folder.path(), "HOME": folder.path()]) { $1 }
    process.standardInput = FileHandle.nullDevice
    process.standardOutput = FileHandle.nullDevice
    process.standardError = FileHandle.nullDevice
    try process.run()
  }

  func signal(_ number: Int32) { kill(processID, number) }

  deinit {
    if process.isRunning {
      kill(processID, SIGCONT)
      kill(processID, SIGKILL)
    }
    if processID > 0 { process.waitUntilExit() }
    try? FileManager.default.removeItem(at: folder)
  }
}

/// Where this package lies.
enum TestPlaces {
  static let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent()
}

/// The null kernel, compiled once.
enum NullKernel {
  static let program = Result { () throws -> String in
    let source = TestPlaces.root.appending(path: "Tests/Fixtures/NullKernel/nullkernel.c")
    let place = URL(filePath: CommandLine.arguments[0]).deletingLastPathComponent().appending(path: "nullkernel-for-tests")
    let fresh = place.deletingLastPathComponent().appending(path: "nullkernel-\(ProcessInfo.processInfo.processIdentifier)")
    let compiler = Process()
    compiler.executableURL = URL(filePath: "/usr/bin/cc")
    compiler.arguments = ["-O2", "-Wno-deprecated-declarations", source.path(), "-lzmq", "-lcrypto", "-o", fresh.path()]
    try compiler.run()
    compiler.waitUntilExit()
    try #require(compiler.terminationStatus == 0, "the null kernel does not compile")
    try #require(rename(fresh.path(), place.path()) == 0)
    return place.path()
  }
}
