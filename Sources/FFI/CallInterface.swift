// SPDX-License-Identifier: Apache-2.0

internal import CFFI

/// How functions of one type are called: what libffi wants to know, worked out once.
///
/// Usable from any thread.
@safe public final class CallInterface: Sendable {
  /// What the function takes, in order.
  public let arguments: [ForeignType]
  /// What it gives.
  public let result: ForeignType
  // Written in init, afterwards only read by libffi; freed in deinit.
  private nonisolated(unsafe) let interface: UnsafeMutablePointer<ffi_cif>
  // The interface points into it, so it lives as long.
  private nonisolated(unsafe) let types: UnsafeMutablePointer<UnsafeMutablePointer<ffi_type>>

  /// Works out a call.
  ///
  /// - Parameter fixed: How many arguments a function such as `printf` names; the others are variable. Nil: it takes all by name.
  public init(returning result: ForeignType, taking arguments: [ForeignType], fixed: Int? = nil) throws(FFIError) {
    self.arguments = arguments
    self.result = result
    unsafe interface = .allocate(capacity: 1)
    unsafe interface.initialize(to: ffi_cif())
    unsafe types = .allocate(capacity: max(1, arguments.count))
    for (index, type) in arguments.enumerated() {
      unsafe (types + index).initialize(to: jackfield_ffi_type(type.rawValue))
    }
    guard !arguments.contains(.void), fixed.map({ (1...max(1, arguments.count)).contains($0) }) ?? true else {
      throw Self.error("no argument is of no type, and a variable function names at least one")
    }
    let count = UInt32(arguments.count)
    let status = unsafe jackfield_ffi_prepare(
      interface, fixed.map(UInt32.init) ?? count, count, jackfield_ffi_type(result.rawValue), types)
    guard status == FFI_OK else {
      throw Self.error("libffi takes no such types (status \(status.rawValue)); variable arguments have at least the size of an int")
    }
  }

  deinit {
    unsafe interface.deallocate()
    unsafe types.deallocate()
  }

  private static func error(_ message: String) -> FFIError {
    FFIError(code: .badTypes, operation: "prepare", subject: "a call", message: message)
  }

  /// Calls a function with the values in a frame; the result is in the frame afterwards.
  ///
  /// Nothing checks that the function is of this type: if it is not, anything may happen.
  /// - Parameter frame: Made for as many arguments.
  /// - Returns: `errno` as the function left it; 0 when it did not touch it.
  @discardableResult
  public func call(_ function: ForeignFunction, _ frame: CallFrame) -> Int32 {
    precondition(frame.count == arguments.count, "a call of \(arguments.count) arguments got a frame for \(frame.count)")
    return unsafe jackfield_ffi_call(interface, function.address, frame.resultAddress, frame.valueAddresses)
  }
}
