// SPDX-License-Identifier: Apache-2.0

/// A process to begin.
public struct SpawnOrder: Sendable {
  /// Where a process's output goes.
  public enum Output: Sendable, Hashable {
    /// Appended to a file, which is made with mode 0600 when it is not there.
    case file(String)
    /// To a descriptor of this process, which stays open here.
    case descriptor(Int32)
    /// Nowhere.
    case nowhere
  }

  /// The program, then its arguments. A program without a slash is looked for in this process's `PATH`.
  public var command: [String]
  /// Where it runs.
  public var directory: String
  /// All its variables.
  public var environment: [String: String]
  /// Of its standard output.
  public var output: Output
  /// Of its standard error.
  public var errors: Output
  /// Descriptors of this process that it has as 3, 4, and so on; they stay open here.
  public var passed: [Int32] = []

  /// Describes a process.
  public init(_ command: [String], in directory: String, environment: [String: String], output: Output, errors: Output) {
    self.command = command
    self.directory = directory
    self.environment = environment
    self.output = output
    self.errors = errors
  }
}
