// SPDX-License-Identifier: Apache-2.0

import Glibc
import Synchronization

@testable import Processes

/// A directory for one test, with processes that run in it.
final class Place {
  let path: String

  init() {
    var template = Array("/tmp/processes-test-XXXXXX".utf8CString)
    _ = template.withUnsafeMutableBufferPointer { mkdtemp($0.baseAddress!) }
    path = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
  }

  deinit {
    for name in ["out", "err"] { unlink(path + "/" + name) }
    rmdir(path)
  }

  /// Begins a shell with a script.
  func begin(_ script: String, _ variables: [String: String] = [:]) throws -> Int32 {
    try Spawn.begin(
      SpawnOrder(
        ["/bin/sh", "-c", script], in: path, environment: Spawn.environment.merging(variables) { $1 }, output: .file(path + "/out"),
        errors: .file(path + "/err")))
  }

  /// Begins a shell with a script, and waits for the first thing it writes.
  func beginAndHear(_ script: String, _ variables: [String: String] = [:]) throws -> (pid: Int32, heard: String) {
    let pipe = try ProcessPipe()
    let pid = try Spawn.begin(
      SpawnOrder(
        ["/bin/sh", "-c", script], in: path, environment: Spawn.environment.merging(variables) { $1 }, output: .descriptor(pipe.writing),
        errors: .file(path + "/err")))
    pipe.closeWriting()
    var heard = ""
    while !heard.hasSuffix("\n"), let bytes = pipe.read() { heard += String(decoding: bytes, as: UTF8.self) }
    return (pid, heard)
  }
}

extension ProcessWatcher {
  /// Waits for the end of a process.
  func ended(_ process: ProcessIdentity) async throws -> ProcessEnding {
    try await withCheckedThrowingContinuation { waiter in
      do {
        try watch(process) { waiter.resume(returning: $0) }
      } catch {
        waiter.resume(throwing: error)
      }
    }
  }
}
