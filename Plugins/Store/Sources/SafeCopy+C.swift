// SPDX-License-Identifier: Apache-2.0

internal import Glibc

extension SafeCopy {
  /// What the system says against giving a copy its name.
  struct Refusal: Error, CustomStringConvertible {
    let description: String
  }

  /// Gives a file that is on the disk to its last byte its final name.
  static func publish(_ partial: String, as name: String) throws {
    let descriptor = unsafe open(partial, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { throw refusal() }
    defer { close(descriptor) }
    guard fsync(descriptor) == 0 else { throw refusal() }
    guard unsafe rename(partial, name) == 0 else { throw refusal() }
  }

  private static func refusal() -> Refusal { Refusal(description: unsafe String(cString: strerror(errno))) }
}
