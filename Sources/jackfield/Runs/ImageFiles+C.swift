// SPDX-License-Identifier: Apache-2.0
import Glibc
import Host

/// Writes images into a directory of this process, for its owner alone. They stay when it ends: somebody may look at them later.
final class ImageFiles {
  private var directory: String?
  private var count = 0

  func write(_ image: RunImage) -> ShownImage {
    guard let directory = directory ?? make() else {
      return .failed("cannot show an image: no directory can be made in '\(Self.parent)': \(String(posixError: errno)); set TMPDIR")
    }
    self.directory = directory
    count += 1
    let path = "\(directory)/\(count).\(image.format.suffix)"
    let descriptor = unsafe open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
    guard descriptor >= 0 else { return failed(path) }
    defer { close(descriptor) }
    return Self.writeAll(image.bytes, descriptor) ? .file(path) : failed(path)
  }

  private func failed(_ path: String) -> ShownImage {
    .failed("cannot write the image '\(path)': \(String(posixError: errno)); make room, or set TMPDIR to another place")
  }

  private static var parent: String { Environment.value("TMPDIR") ?? "/tmp" }

  private func make() -> String? {
    var template = Array("\(Self.parent)/jackfield-images-XXXXXX".utf8CString)
    guard unsafe mkdtemp(&template) != nil else { return nil }
    return String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
  }

  private static func writeAll(_ bytes: [UInt8], _ descriptor: Int32) -> Bool {
    var sent = 0
    while sent < bytes.count {
      let count = unsafe bytes.withUnsafeBytes { unsafe Glibc.write(descriptor, $0.baseAddress! + sent, $0.count - sent) }  // sent < count
      if count > 0 { sent += count } else if errno != EINTR { return false }
    }
    return true
  }
}
