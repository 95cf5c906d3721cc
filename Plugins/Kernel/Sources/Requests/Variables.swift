// SPDX-License-Identifier: Apache-2.0

internal import JSON
internal import PluginSDK

/// The variables of a Python kernel: what a person defined, not what the shell brings along.
enum Variables {
  /// One expression, so that it may be asked on a subshell, and one that leaves no name behind.
  private static let expression = """
    (lambda json, ns, hidden: json.dumps([{"name": k, "type": type(v).__name__, "module": type(v).__module__, \
    "shape": [int(n) for n in v.shape] if isinstance(getattr(v, "shape", None), tuple) else None, \
    "length": len(v) if isinstance(v, (str, bytes, list, tuple, dict, set, frozenset)) else None, \
    "value": __import__("reprlib").repr(v) if isinstance(v, (int, float, complex, bool, str, bytes, list, tuple, dict, set, frozenset, type(None))) else None} \
    for k, v in sorted(ns.items()) if not k.startswith("_") and k not in hidden and type(v).__name__ != "module"][:2000]))\
    (__import__("json"), get_ipython().user_ns, set(get_ipython().user_ns_hidden))
    """

  /// - Returns: `{"variables": [{name, type, module, shape, length, value}]}`; what a variable has not is null.
  static func read(from kernel: Kernel, within limit: Duration) async throws -> JSONValue {
    let language = await kernel.plan.language
    guard language.isEmpty || language.lowercased() == "python" else {
      throw PluginFailure(
        "cannot list the variables of kernel '\(kernel.id)': it speaks \(language), and only Python's are known how to ask for; use kernel.evaluate",
        code: "unsupported_language", status: .unsupported)
    }
    let value = try await kernel.evaluate(["variables": expression], within: limit)["variables"] ?? .null
    guard let text = value["data"]?["text/plain"]?.stringValue, let list = unquoted(text) else {
      throw PluginFailure(
        "cannot list the variables of kernel '\(kernel.id)': \(value["ename"]?.stringValue ?? "it answered nothing that can be read") \(value["evalue"]?.stringValue ?? "")",
        code: "no_values", status: .unsupported)
    }
    return ["variables": list]
  }

  /// Reads Python's repr of a string of JSON: ASCII, in single quotes unless it holds one.
  private static func unquoted(_ text: String) -> JSONValue? {
    guard let quote = text.utf8.first, quote == 0x27 || quote == 0x22, text.utf8.last == quote, text.utf8.count >= 2 else { return nil }
    var bytes: [UInt8] = []
    var isEscaped = false
    for byte in text.utf8.dropFirst().dropLast() {
      if !isEscaped, byte == UInt8(ascii: "\\") {
        isEscaped = true
        continue
      }
      // Behind Python's backslash only a backslash and the quotes stand: the JSON is ASCII without control characters.
      bytes.append(byte)
      isEscaped = false
    }
    return try? JSONValue(parsing: bytes)
  }
}
