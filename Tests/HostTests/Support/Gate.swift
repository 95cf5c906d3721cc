// SPDX-License-Identifier: Apache-2.0
import Glibc

/// A named pipe at which a fixture waits until the test lets it go on.
final class Gate: Sendable {
  let path: String

  init() {
    path = FixturePlugin.temporaryDirectory("jackfield-gate") + "/gate"
    mkfifo(path, 0o600)
  }

  /// For the compiler's line of probe.c.
  var option: String { "-DGATE=\"\(path)\"" }

  /// Waits until the fixture is at the gate, and holds it there.
  func hold() -> Held { Held(descriptor: Glibc.open(path, O_WRONLY)) }

  struct Held: Sendable {
    fileprivate let descriptor: Int32

    func letGo() { close(descriptor) }
  }
}
