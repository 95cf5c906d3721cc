// SPDX-License-Identifier: Apache-2.0

public import JSON

/// One argument of a C function, and where its value comes from.
public struct Argument: Sendable, Hashable {
  /// What C gets.
  public enum Kind: Sendable, Hashable {
    /// A number or truth value, or a pointer to one.
    case scalar(ScalarType)
    /// `const char *`; on the way out `char **`, and `free` names the function that frees what was found there.
    case text(free: String?)
    /// A pointer to bytes.
    case buffer(Buffer)
    /// How many bytes, or elements, a buffer of the same call has.
    case length(Length)
    /// A thing that another call made; `releases`: this call ends it.
    case handle(String, releases: Bool)
    /// A pointer to a struct.
    case structure(String)
    /// NULL.
    case null
  }

  /// Which way a value goes.
  public enum Direction: String, Sendable, Hashable, CaseIterable {
    /// From the caller to C.
    case `in`
    /// From C to the caller.
    case out
    /// Both.
    case `inout`
  }

  /// Bytes that C reads or writes.
  public struct Buffer: Sendable, Hashable {
    /// How they stand in JSON.
    public var encoding: BufferEncoding
    /// What a buffer that goes in must have, exactly.
    public var size: SizeRule?
    /// How much room a buffer that comes out has.
    public var capacity: Capacity
    /// How much of it counts afterwards.
    public var filled: Filled
  }

  /// How much room C gets.
  public enum Capacity: Sendable, Hashable {
    /// As the manifest says.
    case rule(SizeRule)
    /// As the caller says, in a member of the input that C does not see.
    case member(String, default: Int?)
  }

  /// How many of a buffer's bytes C has written.
  public enum Filled: Sendable, Hashable {
    /// All.
    case whole
    /// As many as the function returned.
    case result
    /// Up to the first zero.
    case terminator
    /// As many as an argument says afterwards, by its number.
    case length(Int)
  }

  /// The length of a buffer.
  public struct Length: Sendable, Hashable {
    /// The number of the argument that is the buffer.
    public var buffer: Int
    /// As what C takes it.
    public var type: ScalarType
    /// Bytes of one element.
    public var unit: Int
  }

  /// Where the value comes from when the caller does not give it.
  public enum Preset: Sendable, Hashable {
    /// The caller gives it.
    case none
    /// Always this; the caller cannot give it.
    case value(JSONValue)
    /// This, unless the caller gives another.
    case otherwise(JSONValue)
    /// A setting of the plugin; the caller cannot give it.
    case setting(String)
  }

  /// The member of the JSON objects; empty for what callers do not see.
  public var name: String
  /// In a few words, for whoever calls.
  public var summary: String
  /// What C gets.
  public var kind: Kind
  /// Which way it goes.
  public var direction: Direction
  /// Whether a number or text that goes in is passed by its address.
  public var isByPointer: Bool
  /// What callers may give for a whole number; nil: all that its type holds.
  public var range: ClosedRange<Int>?
  /// Whether it may be left out; then C gets NULL.
  public var isOptional: Bool
  /// Where the value comes from.
  public var preset: Preset

  /// Whether C gets a value from us.
  public var goesIn: Bool { direction != .out }
  /// Whether the caller gets a value from C.
  public var comesOut: Bool {
    if case .length = kind { return false }
    return direction != .in && !name.isEmpty
  }

  /// Whether callers may give it.
  public var isAsked: Bool {
    guard goesIn, !name.isEmpty else { return false }
    switch preset {
    case .none, .otherwise: return true
    case .value, .setting: return false
    }
  }

  /// Whether callers must give it.
  public var isRequired: Bool { isAsked && !isOptional && preset == .none }

  /// The buffer, if this is one.
  public var buffer: Buffer? {
    if case .buffer(let buffer) = kind { buffer } else { nil }
  }
}
