// SPDX-License-Identifier: Apache-2.0

/// Where a process stood when it crashed.
package struct Backtrace: Hashable, Sendable {
  package struct Frame: Hashable, Sendable {
    /// Demangled; the address when the library has no name for the place.
    package let function: String
    /// The name of the library or program; empty when it is in none.
    package let library: String
    /// The source file as the compiler was given it; nil without debug information.
    package let file: String?
    package let line: Int?

    package init(function: String, library: String, file: String? = nil, line: Int? = nil) {
      self.function = function.shown(limit: 200)
      self.library = library.shown(limit: 100)
      self.file = file?.shown(limit: 300)
      self.line = line
    }
  }

  package static let maximumFrames = 64

  /// The runtime's words, such as "Bad pointer dereference at 0x0".
  package let fault: String
  /// The name of the thread; nil when it has none.
  package let thread: String?
  /// Of the thread that crashed, innermost first.
  package let frames: [Frame]

  package init(fault: String, thread: String? = nil, frames: [Frame]) {
    self.fault = fault.shown(limit: 200)
    self.thread = thread?.shown(limit: 100)
    self.frames = Array(frames.prefix(Self.maximumFrames))
  }
}
