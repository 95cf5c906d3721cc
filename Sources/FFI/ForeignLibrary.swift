// SPDX-License-Identifier: Apache-2.0

internal import Glibc

/// A shared library in this process.
///
/// Never unloaded: threads, exit handlers and thread-local data make that unsafe in any language.
@safe public final class ForeignLibrary: Sendable {
  /// The file, as it was given.
  public let path: String
  // What dlopen gave; only handed back to dlsym, which any thread may call.
  private nonisolated(unsafe) let handle: UnsafeMutableRawPointer

  /// Loads a library. Runs its constructors on this thread; the thread's floating-point mode is put back afterwards.
  public init(path: String) throws(FFIError) {
    // Real libraries switch the processor to flush-to-zero when loaded; the other ones must not compute otherwise for it.
    var mode = fenv_t()
    unsafe fegetenv(&mode)
    let opened = unsafe dlopen(path, RTLD_NOW | RTLD_LOCAL | RTLD_NODELETE)
    unsafe fesetenv(&mode)
    guard let handle = unsafe opened else {
      let reason = unsafe dlerror().map { unsafe String(cString: $0) } ?? "no reason given"
      throw FFIError(
        code: .cannotLoad, operation: "load", subject: path, message: "\(reason); install what is missing, or correct the path")
    }
    self.path = path
    unsafe self.handle = handle
  }

  /// Finds a function, in this library or in one that it needs.
  public func function(_ name: String) throws(FFIError) -> ForeignFunction {
    guard let address = unsafe dlsym(handle, name) else {
      throw FFIError(
        code: .noFunction, operation: "find in '\(path)'", subject: name, message: "there is no such symbol; 'nm -D' lists what there is")
    }
    return unsafe ForeignFunction(name: name, address: address)
  }
}
