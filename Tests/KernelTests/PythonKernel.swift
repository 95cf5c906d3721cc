// SPDX-License-Identifier: Apache-2.0

import Foundation
import JSON
import PluginSDK

@testable import Kernel

/// A kernel held by a Python process with jupyter_client: one line of JSON in, one out.
/// Sendable, because: one order at a time, and the handles are the system's.
final class PythonKernel: ExpressionEvaluator, @unchecked Sendable {
  static let python = "\(FileManager.default.currentDirectoryPath)/build/venv/bin/python"

  private static let script = """
    import json, sys
    from jupyter_client.manager import start_new_kernel
    manager, client = start_new_kernel(kernel_name='python3')
    for line in sys.stdin:
        order = json.loads(line)
        seen = []
        hook = lambda m: seen.append([m['msg_type'], m['content']])
        if 'code' in order:
            client.execute_interactive(order['code'], output_hook=hook, timeout=60, stop_on_error=False)
            print(json.dumps(seen), flush=True)
        else:
            reply = client.execute_interactive('', silent=True, store_history=False, user_expressions=order['ask'], output_hook=hook, timeout=60)
            print(json.dumps(reply['content']['user_expressions']), flush=True)
    client.stop_channels()
    manager.shutdown_kernel(now=True)
    """

  private let process = Process()
  private let input = Pipe()
  private let output = Pipe()

  init() async throws {
    process.executableURL = URL(filePath: Self.python)
    process.arguments = ["-c", Self.script]
    process.standardInput = input
    process.standardOutput = output
    try process.run()
  }

  /// Runs code; gives what came on iopub, in order.
  func execute(_ code: String) async throws -> [RunEvent] {
    let seen = try await order(["code": .string(code)]).arrayValue ?? []
    return seen.enumerated().map { index, message in
      RunEvent(sequence: index, time: 0, type: message[0]?.stringValue ?? "", content: (message[1] ?? .null).bytes())
    }
  }

  func evaluate(_ expressions: [String: String], on kernel: String, within limit: Duration) async throws -> [String: JSONValue] {
    try await order(["ask": .object(expressions.mapValues { .string($0) })]).objectValue ?? [:]
  }

  private func order(_ order: JSONValue) async throws -> JSONValue {
    let (input, output) = (input.fileHandleForWriting, output.fileHandleForReading)
    return try await withCheckedThrowingContinuation { waiter in
      OwnedThread.start(name: "t-python") {
        waiter.resume(
          with: Result {
            try input.write(contentsOf: Data(order.bytes() + [UInt8(ascii: "\n")]))
            var line: [UInt8] = []
            while line.last != UInt8(ascii: "\n") {
              let piece = output.availableData
              guard !piece.isEmpty else { throw PluginFailure("the Python process ended: \(String(decoding: line, as: UTF8.self))") }
              line += piece
            }
            return try JSONValue(parsing: line)
          })
      }?.detach()
    }
  }

  /// Ends the kernel and waits until its process is gone.
  func end() async {
    try? input.fileHandleForWriting.close()
    await withCheckedContinuation { waiter in
      OwnedThread.start(name: "t-python") { [process] in
        process.waitUntilExit()
        waiter.resume()
      }?.detach()
    }
  }
}
