// SPDX-License-Identifier: Apache-2.0
import Glibc

/// libsixel's `img2sixel`, where it is installed: it decodes a PNG and draws it in the colours a terminal has.
enum SixelTool {
  /// nil when it is not on PATH.
  static var path: String? {
    (Environment.value("PATH") ?? "").split(separator: ":").map { "\($0)/img2sixel" }.first { unsafe access($0, X_OK) == 0 }
  }

  /// - Returns: nil when it cannot be run, or fails.
  static func convert(_ image: [UInt8]) -> [UInt8]? {
    guard let path, let input = file(image), let output = file([]) else { return nil }
    defer {
      close(input)
      close(output)
    }
    var actions = unsafe posix_spawn_file_actions_t()
    unsafe posix_spawn_file_actions_init(&actions)
    defer { unsafe posix_spawn_file_actions_destroy(&actions) }
    unsafe posix_spawn_file_actions_adddup2(&actions, input, STDIN_FILENO)
    unsafe posix_spawn_file_actions_adddup2(&actions, output, STDOUT_FILENO)
    unsafe posix_spawn_file_actions_addopen(&actions, STDERR_FILENO, "/dev/null", O_WRONLY, 0)
    var pid = pid_t()
    var arguments = unsafe [strdup(path), nil]
    defer { unsafe free(arguments[0]) }
    guard unsafe posix_spawn(&pid, path, &actions, nil, &arguments, environ) == 0 else { return nil }
    var status: Int32 = 0
    while unsafe waitpid(pid, &status, 0) < 0, errno == EINTR {}
    return status == 0 ? contents(of: output) : nil
  }

  /// A file without a name that holds bytes, read from its beginning.
  private static func file(_ bytes: [UInt8]) -> Int32? {
    var template = Array("\(Environment.value("TMPDIR") ?? "/tmp")/jackfield-XXXXXX".utf8CString)
    let descriptor = unsafe mkstemp(&template)
    guard descriptor >= 0 else { return nil }
    unsafe unlink(&template)
    _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC)
    let written = unsafe bytes.withUnsafeBytes { unsafe write(descriptor, $0.baseAddress, $0.count) }
    guard written == bytes.count, lseek(descriptor, 0, SEEK_SET) == 0 else {
      close(descriptor)
      return nil
    }
    return descriptor
  }

  private static func contents(of descriptor: Int32) -> [UInt8]? {
    let size = lseek(descriptor, 0, SEEK_END)
    guard size > 0, size <= 64 << 20 else { return nil }
    var bytes = [UInt8](repeating: 0, count: Int(size))
    return unsafe pread(descriptor, &bytes, bytes.count, 0) == bytes.count ? bytes : nil
  }
}
