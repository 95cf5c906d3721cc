// SPDX-License-Identifier: Apache-2.0

import Foundation
import Glibc

/// The fragile client in a process of its own; its output is read line by line.
final class DoorScript {
  enum Failure: Error { case ended, silence }

  private static let root = URL(filePath: #filePath).pathComponents.dropLast(5).joined(separator: "/").dropFirst()

  let process = Process()
  private let input = Pipe()
  private let output = Pipe()
  private var unread: [UInt8] = []

  init(_ scenario: String..., port: Int, run: String = "one", token: String? = nil) throws {
    process.executableURL = URL(filePath: Self.root + "/build/venv/bin/python")
    process.arguments = [Self.root + "/Tests/Fixtures/RunBridge/fragile_client.py"] + scenario
    process.environment = [
      "EVOLVE_RUN_BRIDGE_ADDR": "ws://127.0.0.1:\(port)/", "EVOLVE_RUN_BRIDGE_TOKEN": token ?? "token of \(run)",
      "EVOLVE_RUN_BRIDGE_SESSION": "session of \(run)", "PATH": "/usr/bin:/bin",
    ]
    process.standardInput = input
    process.standardOutput = output
    try process.run()
    try output.fileHandleForWriting.close()
  }

  /// The next line, without its end. Waits for two minutes at most.
  func line() throws -> String {
    while true {
      if let index = unread.firstIndex(of: UInt8(ascii: "\n")) {
        defer { unread.removeFirst(index + 1) }
        return String(decoding: unread[..<index], as: UTF8.self)
      }
      var waiting = pollfd(fd: output.fileHandleForReading.fileDescriptor, events: Int16(POLLIN), revents: 0)
      guard poll(&waiting, 1, 120_000) > 0 else { throw Failure.silence }
      var room = [UInt8](repeating: 0, count: 65_536)
      let count = Glibc.read(waiting.fd, &room, room.count)
      guard count > 0 else { throw Failure.ended }
      unread += room.prefix(count)
    }
  }

  func goOn() throws { try input.fileHandleForWriting.write(contentsOf: Data("go\n".utf8)) }

  /// Ends it at once, as `kill -9` does.
  func kill() { Glibc.kill(process.processIdentifier, SIGKILL) }

  /// Waits for its end.
  func status() -> Int32 {
    process.waitUntilExit()
    return process.terminationStatus
  }

  deinit {
    if process.isRunning {
      kill()
      process.waitUntilExit()
    }
  }
}
