// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing
import WebSockets

/// A process with servers to talk to: tornado's, with and without encryption, and one that breaks every rule.
///
/// One for all tests; it ends, and removes its files, when this process does.
final class Peer: Sendable {
  static let shared = Result { try Peer() }

  let http: Int
  let https: Int
  let hostile: Int
  /// The authority that signed the certificate of `https`: itself.
  let certificate: String
  /// Its end tells the process to end.
  private let input: FileHandle

  private init() throws {
    let directory = FileManager.default.temporaryDirectory.appending(path: "jackfield-peer-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
    certificate = directory.appending(path: "certificate.pem").path
    let key = directory.appending(path: "key.pem").path
    try Self.makeCertificate(certificate, key)
    let output = Pipe()
    let input = Pipe()
    let process = Process()
    self.input = input.fileHandleForWriting
    process.executableURL = URL(filePath: Self.root + "/build/venv/bin/python")
    process.arguments = [Self.root + "/Tests/WebSocketsTests/Support/peer.py", certificate, key]
    process.standardInput = input
    process.standardOutput = output
    try process.run()
    let line = try #require(Self.firstLine(of: output.fileHandleForReading))
    let ports = try JSONDecoder().decode([String: Int].self, from: line)
    http = try #require(ports["http"])
    https = try #require(ports["https"])
    hostile = try #require(ports["hostile"])
  }

  /// The package's.
  static let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent().path

  /// An address of the friendly server.
  func address(_ path: String) throws -> WebAddress { try WebAddress("http://127.0.0.1:\(http)\(path)") }

  /// An address of the other one.
  func hostileAddress(_ kind: String) throws -> WebAddress { try WebAddress("http://127.0.0.1:\(hostile)/\(kind)") }

  private static func firstLine(of file: FileHandle) -> Data? {
    var line = Data()
    while let byte = try? file.read(upToCount: 1), !byte.isEmpty {
      if byte.first == UInt8(ascii: "\n") { return line }
      line += byte
    }
    return nil
  }

  private static func makeCertificate(_ certificate: String, _ key: String) throws {
    let openssl = Process()
    openssl.executableURL = URL(filePath: "/usr/bin/openssl")
    openssl.arguments = [
      "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "1", "-keyout", key, "-out", certificate, "-subj", "/CN=localhost",
      "-addext",
      "subjectAltName=DNS:localhost,IP:127.0.0.1",
    ]
    openssl.standardError = FileHandle.nullDevice
    try openssl.run()
    openssl.waitUntilExit()
    try #require(openssl.terminationStatus == 0)
  }
}
