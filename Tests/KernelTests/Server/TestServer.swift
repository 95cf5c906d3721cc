// SPDX-License-Identifier: Apache-2.0

import Foundation
import Synchronization
import Testing
import WebSockets

@testable import Kernel

/// A real server with kernels: begun by the test, or one whose address stands in the environment (`make test-kernels`).
final class TestServer: Sendable {
  static let token = "0123456789abcdef0123456789abcdef0123456789abcdef"

  let settings: ServerSettings
  /// Nil for one that was there.
  private let process: Process?
  private let directory: URL

  /// Whether the environment names a gateway to test in the server's place.
  static var isGiven: Bool { ProcessInfo.processInfo.environment["JACKFIELD_TEST_SERVER_URL"] != nil }

  /// Whether that server drops output over a limit; gateways do not.
  static var limitsOutput: Bool { !isGiven }

  /// - Parameter own: Not the environment's: one that the test may kill.
  init(own: Bool = false) throws {
    directory = FileManager.default.temporaryDirectory.appending(path: "jackfield-server-\(UUID().uuidString)")
    let environment = ProcessInfo.processInfo.environment
    if !own, let url = environment["JACKFIELD_TEST_SERVER_URL"] {
      settings = ServerSettings(url: url, token: environment["JACKFIELD_TEST_SERVER_TOKEN"], username: "tester")
      process = nil
      return
    }
    try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
    let process = Process()
    let output = Pipe()
    process.executableURL = URL(filePath: Self.root + "/build/venv/bin/python")
    process.arguments = ["-c", Self.program, directory.path]
    process.environment = environment.merging([
      "JUPYTER_TOKEN": Self.token, "JUPYTER_RUNTIME_DIR": directory.path, "JUPYTER_CONFIG_DIR": directory.path, "HOME": directory.path,
      "JUPYTER_DATA_DIR": directory.path,
    ]) { $1 }
    process.standardOutput = output
    process.standardError = FileHandle.nullDevice
    try process.run()
    self.process = process
    let url = try #require(Self.firstLine(of: output.fileHandleForReading), "the server said no address")
    settings = ServerSettings(url: url, token: Self.token, rootDirectory: directory.path)
  }

  deinit {
    kill()
    try? FileManager.default.removeItem(at: directory)
  }

  var runtimeDirectory: String { directory.path }

  /// Ends it at once. Its kernels see that within a second and end too; Foundation reaps it.
  func kill() {
    guard let process, process.isRunning else { return }
    Glibc.kill(process.processIdentifier, SIGKILL)
  }

  private static let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent().path

  /// A child of a thread of libdispatch begins with all signals blocked, and so would its kernels.
  /// Says its address when its loop runs: then it is listed and listens.
  private static let program = """
    import signal, sys
    signal.pthread_sigmask(signal.SIG_SETMASK, [])
    from jupyter_server.serverapp import ServerApp
    app = ServerApp()
    app.initialize(argv=["--ServerApp.ip=127.0.0.1", "--ServerApp.port=0", "--allow-root", "--no-browser", "--ServerApp.root_dir=" + sys.argv[1]])
    app.io_loop.add_callback(lambda: print(app.connection_url, flush=True))
    app.start()
    """

  private static func firstLine(of file: FileHandle) -> String? {
    var line = Data()
    while let byte = try? file.read(upToCount: 1), !byte.isEmpty {
      if byte.first == UInt8(ascii: "\n") { return String(decoding: line, as: UTF8.self) }
      line += byte
    }
    return nil
  }
}
