// SPDX-License-Identifier: Apache-2.0

internal import Glibc
internal import PluginSDK

/// The person's browser.
enum BrowserProgram {
  /// Whether there is a screen to show it on.
  private static var hasDisplay: Bool {
    ["DISPLAY", "WAYLAND_DISPLAY"].contains { (name: String) in
      guard let value = unsafe getenv(name) else { return false }
      return unsafe value.pointee != 0
    }
  }

  /// Asks the desktop to open an address; false when there is none, or nothing that opens it.
  static func open(_ address: String) async -> Bool {
    guard hasDisplay else { return false }
    return await withCheckedContinuation { continuation in
      let thread = OwnedThread.start(name: "jf-dash-open") { continuation.resume(returning: run(address)) }
      guard let thread else { return continuation.resume(returning: false) }
      thread.detach()
    }
  }

  /// Runs `xdg-open` behind a program that ends at once: some browsers stay until their last window closes.
  private static func run(_ address: String) -> Bool {
    var process: pid_t = 0
    var actions = unsafe posix_spawn_file_actions_t()
    unsafe posix_spawn_file_actions_init(&actions)
    defer { unsafe posix_spawn_file_actions_destroy(&actions) }
    for descriptor in [Int32(0), 1, 2] { unsafe posix_spawn_file_actions_addopen(&actions, descriptor, "/dev/null", O_RDWR, 0) }
    let texts: [String] = ["setsid", "-f", "xdg-open", address]
    var words: [UnsafeMutablePointer<CChar>?] = unsafe texts.map { text in unsafe strdup(text) }
    unsafe words.append(nil)
    defer { unsafe words.forEach { word in unsafe free(word) } }
    guard unsafe posix_spawnp(&process, "setsid", &actions, nil, &words, environ) == 0 else { return false }
    var status: Int32 = 0
    while unsafe waitpid(process, &status, 0) < 0 {
      guard errno == EINTR else { return false }
    }
    return status == 0
  }
}
