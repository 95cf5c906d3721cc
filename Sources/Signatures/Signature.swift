// SPDX-License-Identifier: Apache-2.0

/// A C function: what it takes, what it gives, how it fails.
public struct Signature: Sendable, Hashable {
  /// Its symbol in the library.
  public var symbol: String
  /// What it gives.
  public var returns: ReturnValue
  /// What it takes, in the order of C.
  public var arguments: [Argument]
  /// How many of them the function names, if it takes a variable number.
  public var fixedArguments: Int?
  /// How it fails.
  public var errors: ErrorRule

  /// The buffer that a call with raw bytes means: the only one that goes in, if nothing else must be given.
  public var rawInput: Int? {
    let buffers = arguments.indices.filter { arguments[$0].isAsked && arguments[$0].buffer != nil }
    guard let only = buffers.first, buffers.count == 1 else { return nil }
    let asksMore = arguments.indices.contains { $0 != only && (arguments[$0].isRequired || asksCapacity(of: $0)) }
    return asksMore ? nil : only
  }

  private func asksCapacity(of index: Int) -> Bool {
    if case .member(_, default: nil)? = arguments[index].buffer?.capacity { true } else { false }
  }

  /// The buffer that answers such a call: the only one that comes out.
  public var rawOutput: Int? {
    let buffers = arguments.indices.filter { arguments[$0].comesOut && arguments[$0].buffer != nil }
    return buffers.count == 1 ? buffers.first : nil
  }
}
