// SPDX-License-Identifier: Apache-2.0
// A trainer gives paths as its script wrote them, which mean nothing to anybody who is in another directory.

internal import JSON
internal import PluginSDK

/// The paths in what trainers answer and are sent.
enum TrainerPaths {
  /// Where replies hold paths; a member of a member behind a dot.
  private static let members: [String: [String]] = [
    "pause": ["ckpt"], "save_ckpt": ["path"], "load_ckpt": ["path"], "test": ["ckpt_path"], "test_now": ["ckpt_path"],
    "switch_run": ["ckpt_path"], "attach_context": ["ckpt_path"], "generate_report": ["meta.owner_ckpt_path"],
    "prepare_export": ["ckpt.path"], "export_subset": ["out_path"], "merge": ["paths"], "clean_disk": ["root"],
  ]

  /// Makes the paths in a reply's data absolute.
  ///
  /// - Parameter directory: Of the trainer's process; nil leaves relative paths as they are.
  /// - Returns: Also those that were changed, as they were, by the name of their member.
  static func absolute(_ data: JSONValue, of command: String, in directory: String?) -> (data: JSONValue, asGiven: [String: JSONValue]) {
    guard let directory else { return (data, [:]) }
    var (result, asGiven) = (data, [String: JSONValue]())
    for member in members[command] ?? [] {
      let names = member.split(separator: ".").map(String.init)
      guard let before = names.reduce(Optional(data), { $0?[$1] }), let after = absolute(before, directory), after != before else {
        continue
      }
      asGiven[member] = before
      if names.count == 1 { result[names[0]] = after } else { result[names[0]] = with(result[names[0]], names[1], after) }
    }
    return (result, asGiven)
  }

  private static func with(_ object: JSONValue?, _ name: String, _ value: JSONValue) -> JSONValue {
    var object = object ?? [:]
    object[name] = value
    return object
  }

  private static func absolute(_ value: JSONValue, _ directory: String) -> JSONValue? {
    if let paths = value.arrayValue { return .array(paths.map { absolute($0, directory) ?? $0 }) }
    guard let path = value.stringValue, !path.isEmpty else { return nil }
    return .string(joined(path, to: directory))
  }

  /// - Returns: The path from the root on, without "." in it; ".." stays, as a link may stand before it.
  static func joined(_ path: String, to directory: String) -> String {
    let whole = path.hasPrefix("/") ? path : directory + "/" + path
    return "/" + whole.split(separator: "/").filter { $0 != "." }.joined(separator: "/")
  }

  /// Makes a path that a person gave absolute: a relative one begins where the trainer's process is.
  ///
  /// - Throws: When it is relative, and nobody knows where that is.
  static func toSend(_ path: String, _ member: String, in directory: String?) throws -> String {
    if path.hasPrefix("/") { return path }
    guard let directory else {
      throw PluginFailure(
        "cannot use '\(path)' as '\(member)': it is relative, and the working directory of the trainer's process is not known; give it "
          + "from the root on", code: "relative_path", status: .invalid)
    }
    return joined(path, to: directory)
  }
}
