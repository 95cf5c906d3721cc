// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

/// A process that answers one chat over https, with a certificate of its own.
final class SecureEndpoint {
  let baseURL: String
  let certificate: String
  private let process = Process()
  private let folder: URL
  /// Its end tells the process to end.
  private let input = Pipe()

  private static let script = #"""
    import http.server, ssl, sys, threading

    class Chat(http.server.BaseHTTPRequestHandler):
        def do_POST(self):
            self.rfile.read(int(self.headers["Content-Length"]))
            key = self.headers["Authorization"].removeprefix("Bearer ")
            self.send_response(200)
            self.send_header("Content-Type", "text/event-stream")
            self.end_headers()
            for word in ("secret ", "of ", str(len(key))):
                self.wfile.write(b'data: {"choices":[{"delta":{"content":"%s"}}]}\n\n' % word.encode())
                self.wfile.flush()
            self.wfile.write(b"data: [DONE]\n\n")

        def log_message(self, *_):
            pass

    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(sys.argv[1], sys.argv[2])
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Chat)
    server.socket = context.wrap_socket(server.socket, server_side=True)
    print(server.server_port, flush=True)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    sys.stdin.read()
    """#

  init() throws {
    folder = FileManager.default.temporaryDirectory.appending(path: "jackfield-chat-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    certificate = folder.appending(path: "certificate.pem").path
    let key = folder.appending(path: "key.pem").path
    let openssl = Process()
    openssl.executableURL = URL(filePath: "/usr/bin/openssl")
    openssl.arguments = [
      "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "1", "-keyout", key, "-out", certificate, "-subj", "/CN=localhost",
      "-addext",
      "subjectAltName=DNS:localhost",
    ]
    openssl.standardError = FileHandle.nullDevice
    try openssl.run()
    openssl.waitUntilExit()
    try #require(openssl.terminationStatus == 0)
    let output = Pipe()
    process.executableURL = URL(filePath: "/usr/bin/env")
    process.arguments = ["python3", "-c", Self.script, certificate, key]
    process.standardInput = input
    process.standardOutput = output
    try process.run()
    let line = try #require(String(data: output.fileHandleForReading.availableData, encoding: .utf8))
    baseURL = "https://localhost:\(line.trimmingCharacters(in: .whitespacesAndNewlines))/v1"
  }

  func stop() {
    try? input.fileHandleForWriting.close()
    process.waitUntilExit()
    try? FileManager.default.removeItem(at: folder)
  }
}
