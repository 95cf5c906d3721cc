// SPDX-License-Identifier: Apache-2.0

internal import JSON
internal import PluginSDK

/// What somebody wants run: the input of `code.run`.
struct RunOrder: Decodable, Sendable {
  /// How the lines are chosen.
  enum Mode: String, Decodable, Sendable {
    case statement
    case top
    case line
    case cell
    /// From `first_line` to `last_line`, as a selection.
    case lines
    /// Every cell, or every statement of a document without cells; those above or below a line.
    case all
    case above
    case below
  }

  /// The document: an absolute path, or what an editor calls it.
  var document: String?
  /// What stands in it now; read from its path when left out.
  var text: String?
  /// Code from nowhere; then there is no document to take lines of.
  var code: String?
  /// From 1.
  var line: Int?
  var first_line: Int?
  var last_line: Int?
  var mode: Mode?
  /// What a blank line stands for: itself, next, previous.
  var blank: String?

  var kernel: String?
  var spec: String?
  var interpreter: String?
  var provider: String?
  /// When the document gets a kernel: where that runs.
  var working_directory: String?
  var install: Bool?
  var overlay: Bool?

  /// Whether it says by what its code is to be run.
  var wishesOfKernel: Bool { spec != nil || interpreter != nil || provider != nil }

  var client: String?
  var stop_on_error: Bool?
  var stdin: Bool?
  var store_history: Bool?
  var silent: Bool?
  /// Whether the answer waits for the end of the runs; otherwise it names them and they go on.
  var wait: Bool?

  var options: RunOptions {
    RunOptions(storesHistory: store_history ?? true, isSilent: silent ?? false, allowsInput: stdin ?? true)
  }
}
