// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing
import WebSockets

/// Clients that others have written, each in a process of its own.
@Suite(.timeLimit(.minutes(5)), .onOwnThread) struct PeerTests {
  private static let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
    .path

  @Test(arguments: ["websockets_library", "wsproto_library", "tornado_library", "fragile_reader", "http_client"]) func peer(
    scenario: String
  ) throws {
    let echo = try EchoServer()
    let process = Process()
    let output = Pipe()
    process.executableURL = URL(filePath: Self.root + "/build/venv/bin/python")
    process.arguments = [Self.root + "/Tests/WebServerTests/Support/clients.py", scenario, "\(echo.port)"]
    process.standardInput = FileHandle.nullDevice
    process.standardError = output
    try process.run()
    let said = try output.fileHandleForReading.readToEnd() ?? Data()
    process.waitUntilExit()
    #expect(String(decoding: said, as: UTF8.self) == "")
    #expect(process.terminationStatus == 0)
  }
}
