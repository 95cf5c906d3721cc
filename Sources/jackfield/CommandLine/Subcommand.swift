// SPDX-License-Identifier: Apache-2.0

/// One verb of the command line.
struct Subcommand: Sendable {
  var name: String
  var summary: String
  /// What stands behind the name, such as "NAME [JSON]".
  var arguments = ""
  var options: [OptionSpec] = []
  /// Whether options that are not listed are left to the verb itself.
  var takesOtherOptions = false
  /// The first argument behind which options that this verb does not have are somebody else's.
  var passesOnBehind: String?
  var discussion = ""
  var examples: [String] = []
  var isHidden = false
  /// Says what may come next, for completion; options that are listed need not be said.
  var complete: @Sendable (Completion.Request) -> [String] = { _ in [] }
  /// Returns the exit status.
  var run: @Sendable (Invocation) throws -> Int32

  var allOptions: [OptionSpec] { options + [.home, .help] }
}
