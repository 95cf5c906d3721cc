// SPDX-License-Identifier: Apache-2.0

import Crypto
import Foundation
import JSON
import Testing
import ZeroMQ

@testable import Kernel

@Suite(.timeLimit(.minutes(1))) struct ConnectionRegistrationTests {
  private func dealer(to registration: ConnectionRegistration) throws -> (ZeroMQSocket, WireCodec) {
    let file = try JSONValue(parsing: registration.file)
    let socket = try ZeroMQSocket(.dealer, in: ZeroMQContext())
    try socket.setLinger(milliseconds: 0)
    try socket.setReceiveTimeout(milliseconds: 20_000)
    try socket.connect(to: "tcp://127.0.0.1:\(#require(file["registration_port"]?.stringValue))")
    return (socket, try WireCodec(key: #require(file["key"]?.stringValue)))
  }

  private static let content = Array(
    #"{"kernel_id": "k1", "shell_port": "101", "iopub_port": "102", "stdin_port": "103", "control_port": "104", "hb_port": "105"}"#.utf8)

  @Test func aKernelTellsItsPortsAndIsAnswered() async throws {
    let registration = try await ConnectionRegistration.begin(kernel: "k1", within: .seconds(20))
    let (socket, codec) = try dealer(to: registration)
    try socket.send([WireCodec.delimiter, codec.sign(Self.content), Self.content])
    let connection = try await registration.connection()
    #expect(connection.shellPort == 101 && connection.heartbeatPort == 105 && connection.ip == "127.0.0.1")
    #expect(try JSONValue(parsing: registration.file)["key"] == .string(connection.key))
    let answer = try socket.receive()
    #expect(answer.first == WireCodec.delimiter && answer.count == 3)
    #expect(try codec.isSigned(answer[2...], by: answer[1]))
  }

  @Test func strangersAreNotBelieved() async throws {
    let registration = try await ConnectionRegistration.begin(kernel: "k1", within: .seconds(3))
    let (socket, _) = try dealer(to: registration)
    let wrong = try WireCodec(key: "another")
    try socket.send([WireCodec.delimiter, wrong.sign(Self.content), Self.content])
    await #expect {
      try await registration.connection()
    } throws: {
      "\($0)"
        == "the kernel did not register within 3 s; the last thing heard: what came was signed with another key"
    }
  }

  @Test func silenceEndsAtTheLimitAndClosingEndsTheWaiting() async throws {
    let silent = try await ConnectionRegistration.begin(kernel: "k1", within: .milliseconds(50))
    await #expect {
      try await silent.connection()
    } throws: {
      "\($0)" == "the kernel did not register within 50 ms; it said nothing, so it may not know how to register"
    }
    let closed = try await ConnectionRegistration.begin(kernel: "k1", within: .seconds(600))
    let waiting = Task { try await closed.connection() }
    closed.close()
    await #expect {
      try await waiting.value
    } throws: {
      "\($0)" == "the kernel was no longer waited for"
    }
  }

  /// Given the interpreter of an environment with xeus-python as JACKFIELD_XEUS_PYTHON.
  @Test(.enabled(if: ProcessInfo.processInfo.environment["JACKFIELD_XEUS_PYTHON"] != nil))
  func xeusPythonRegistersAndRunsCode() async throws {
    let python = try #require(ProcessInfo.processInfo.environment["JACKFIELD_XEUS_PYTHON"])
    let registration = try await ConnectionRegistration.begin(kernel: "k1", within: .seconds(30))
    let folder = URL(filePath: "/tmp/jfx-\(UUID().uuidString.prefix(8))")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: false)
    defer { try? FileManager.default.removeItem(at: folder) }
    let file = folder.appending(path: "registration.json")
    try Data(registration.file).write(to: file)
    let process = Process()
    process.executableURL = URL(filePath: python)
    process.arguments = ["-m", "xpython_launcher", "-f", file.path()]
    process.environment = ProcessInfo.processInfo.environment.merging(["HOME": folder.path(), "IPYTHONDIR": folder.path()]) { $1 }
    process.standardError = FileHandle.nullDevice
    process.standardOutput = FileHandle.nullDevice
    try process.run()
    defer {
      // It does not end by SIGTERM.
      kill(process.processIdentifier, SIGKILL)
      process.waitUntilExit()
    }
    let connection = try await registration.connection()
    let links = try KernelLinks()
    let recorder = LinkRecorder()
    let link = try await links.open(LinkTerms(connection: connection, session: "s-\(UUID().uuidString)"), to: recorder.sink)
    let information = try await link.ready(within: .seconds(30))
    #expect(String(decoding: information, as: UTF8.self).contains("xeus-python"))
    let header = MessageHeader(id: UUID().uuidString, type: "execute_request", session: "s", username: "u", date: MessageDate.now)
    let content = #"{"code": "6 * 7", "silent": false, "store_history": true, "user_expressions": {}, "allow_stdin": false}"#
    try link.send(KernelMessage(header, on: .shell, content: Array(content.utf8)))
    await recorder.done(header.id)
    let result = await recorder.message("execute_result", of: header.id)
    #expect(String(decoding: result.content, as: UTF8.self).contains("42"))
    await link.close()
  }
}
