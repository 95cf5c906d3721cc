// SPDX-License-Identifier: Apache-2.0
import Glibc

/// The person's browser.
enum BrowserProgram {
  /// Asks the desktop to open an address; false when there is none, or nothing that opens it.
  static func open(_ address: String) -> Bool {
    let hasScreen = Environment.value("DISPLAY") != nil || Environment.value("WAYLAND_DISPLAY") != nil
    guard hasScreen, let opener = path(of: "xdg-open"), let starter = path(of: "setsid") else { return false }
    // Some browsers stay until their last window closes: so they are begun by a program that ends at once.
    return run([starter, "-f", opener, address])
  }

  private static func path(of program: String) -> String? {
    (Environment.value("PATH") ?? "").split(separator: ":").map { "\($0)/\(program)" }.first { unsafe access($0, X_OK) == 0 }
  }

  private static func run(_ words: [String]) -> Bool {
    var actions = unsafe posix_spawn_file_actions_t()
    unsafe posix_spawn_file_actions_init(&actions)
    defer { unsafe posix_spawn_file_actions_destroy(&actions) }
    for descriptor in [STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO] {
      unsafe posix_spawn_file_actions_addopen(&actions, descriptor, "/dev/null", O_RDWR, 0)
    }
    var pid = pid_t()
    var arguments: [UnsafeMutablePointer<CChar>?] = unsafe words.map { word in unsafe strdup(word) }
    unsafe arguments.append(nil)
    defer { unsafe arguments.forEach { argument in unsafe free(argument) } }
    guard unsafe posix_spawn(&pid, words[0], &actions, nil, &arguments, environ) == 0 else { return false }
    var status: Int32 = 0
    while unsafe waitpid(pid, &status, 0) < 0, errno == EINTR {}
    return status == 0
  }
}
