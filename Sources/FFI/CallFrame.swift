// SPDX-License-Identifier: Apache-2.0

/// Room for the arguments and the result of one call, to be used again and again. Not for two calls at once.
///
/// Every value is 64 bits: a smaller one is in the lowest of them, as this machine's byte order has it.
@safe public final class CallFrame {
  /// The number of arguments.
  public let count: Int
  private let values: UnsafeMutablePointer<UInt64>
  let valueAddresses: UnsafeMutablePointer<UnsafeMutableRawPointer>

  /// Makes room.
  public init(arguments count: Int) {
    self.count = count
    // The result is behind the arguments.
    unsafe values = .allocate(capacity: count + 1)
    unsafe values.initialize(repeating: 0, count: count + 1)
    unsafe valueAddresses = .allocate(capacity: max(1, count))
    for index in 0..<count { unsafe (valueAddresses + index).initialize(to: UnsafeMutableRawPointer(values + index)) }
  }

  deinit {
    unsafe values.deallocate()
    unsafe valueAddresses.deallocate()
  }

  var resultAddress: UnsafeMutableRawPointer { unsafe UnsafeMutableRawPointer(values + count) }

  /// The bits of an argument.
  public subscript(index: Int) -> UInt64 {
    get {
      precondition((0..<count).contains(index), "a call has no argument \(index)")
      return unsafe values[index]
    }
    set {
      precondition((0..<count).contains(index), "a call has no argument \(index)")
      unsafe values[index] = newValue
    }
  }

  /// The bits of the result. libffi widens small whole numbers, so those above the result's type mean nothing.
  public var result: UInt64 {
    get { unsafe values[count] }
    set { unsafe values[count] = newValue }
  }
}
