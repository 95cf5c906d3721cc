// SPDX-License-Identifier: Apache-2.0
// Foundation opens a file so that it does not wait, and gives up at a pipe whose writer is not done yet.
import Glibc
import Host

/// Reading whole texts from a file or a pipe, waiting for its end.
enum Input {
  static func standard() throws(CommandFailure) -> [UInt8] { try bytes(of: STDIN_FILENO, "standard input") }

  static func file(_ path: String) throws(CommandFailure) -> [UInt8] {
    let descriptor = unsafe open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { throw failure("'\(path)'") }
    defer { close(descriptor) }
    return try bytes(of: descriptor, "'\(path)'")
  }

  private static func bytes(of descriptor: Int32, _ name: String) throws(CommandFailure) -> [UInt8] {
    var all: [UInt8] = []
    var chunk = [UInt8](repeating: 0, count: 64 << 10)
    while true {
      let count = unsafe read(descriptor, &chunk, chunk.count)
      if count == 0 { return all }
      if count > 0 {
        all += chunk[..<count]
      } else if errno != EINTR {
        throw failure(name)
      }
    }
  }

  private static func failure(_ name: String) -> CommandFailure {
    CommandFailure(
      "cannot read \(name): \(String(posixError: errno)); name a file that exists and may be read", status: SystemExit.usage)
  }
}
