// SPDX-License-Identifier: Apache-2.0

internal import Glibc

/// Reads files below a folder, and nothing that a link leads to.
enum PanelFile {
  /// In bytes.
  static let limit = 8 << 20

  enum Found: Sendable {
    case bytes([UInt8])
    case nothing
    case tooLarge
  }

  /// - Parameters:
  ///   - path: The steps below the folder.
  ///   - folder: Absolute. What lies above it is the host's choice, links or not.
  static func read(_ path: [String], below folder: String) -> Found {
    guard !path.isEmpty, path.allSatisfy({ !$0.isEmpty && !$0.hasPrefix(".") && !$0.contains("/") && !$0.utf8.contains(0) }) else {
      return .nothing
    }
    var place = unsafe open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    for step in path.dropLast() {
      guard place >= 0 else { return .nothing }
      let next = unsafe openat(place, step, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)
      close(place)
      place = next
    }
    guard place >= 0 else { return .nothing }
    defer { close(place) }
    // Not to wait: a pipe has no end.
    let file = unsafe openat(place, path[path.count - 1], O_RDONLY | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK)
    guard file >= 0 else { return .nothing }
    defer { close(file) }
    var facts = stat()
    guard unsafe fstat(file, &facts) == 0, facts.st_mode & S_IFMT == S_IFREG else { return .nothing }
    return facts.st_size > limit ? .tooLarge : contents(file, Int(facts.st_size))
  }

  private static func contents(_ file: Int32, _ size: Int) -> Found {
    var bytes = [UInt8](repeating: 0, count: size)
    var done = 0
    while done < size {
      let count = unsafe bytes.withUnsafeMutableBytes { bytes in
        let rest = unsafe UnsafeMutableRawBufferPointer(rebasing: bytes[done...])
        return unsafe Glibc.read(file, rest.baseAddress, rest.count)
      }
      if count < 0, errno == EINTR { continue }
      guard count > 0 else { break }
      done += count
    }
    return .bytes(Array(bytes.prefix(done)))
  }
}
