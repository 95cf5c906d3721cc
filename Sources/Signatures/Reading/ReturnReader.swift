// SPDX-License-Identifier: Apache-2.0
import JSON

/// Reads `returns`: a type, or an object with a type, a name and what frees it.
struct ReturnReader {
  let types: NamedTypes

  func read(_ signature: Part, errors: ErrorRule, isLength: Bool) -> ReturnValue? {
    guard let value = signature.members["returns"] else {
      signature.report("returns", "is missing; write a type, or 'void'")
      return nil
    }
    guard value.stringValue == nil else {
      return kind(signature, "returns").map { shown("result", $0, nil, errors, isLength) }
    }
    guard let part = signature.part("returns", keys: ["type", "name", "free"]) else { return nil }
    let name = part.name("name") ?? "result"
    let free = part.symbol("free")
    guard let kind = kind(part, "type") else { return nil }
    if free != nil, !kind.isCopied { part.report("free", "has no meaning for what is not copied; name a handle's function in 'handles'") }
    return shown(name, kind, free, errors, isLength)
  }

  /// A number that only says "it went well", or how long a buffer is, is not shown.
  private func shown(_ name: String, _ kind: ReturnValue.Kind, _ free: String?, _ errors: ErrorRule, _ isLength: Bool) -> ReturnValue {
    let tells = kind != .void && errors.sign != .nonzero && !isLength
    return ReturnValue(name: name, kind: kind, free: free, isShown: tells)
  }

  private func kind(_ part: Part, _ key: String) -> ReturnValue.Kind? {
    guard let text = part.text(key, isRequired: true) else { return nil }
    switch TypeWord(text) {
    case .void: return .void
    case .scalar(let type): return .scalar(type)
    case .text: return .text
    case .handle(let name): return types.handle(name, part, key: key) ? .handle(name) : nil
    case .structure(let name): return types.structure(name, part, key: key) ? .structure(name) : nil
    case .buffer, .length, .pointer, .null, nil:
      let words = ["void"] + ScalarType.allCases.map(\.rawValue) + ["cstring", "handle:NAME", "struct:NAME"]
      part.report(key, "is '\(text)'; write \(ScalarType.namesInC[text].map { "'\($0.rawValue)'" } ?? words.alternatives)")
      return nil
    }
  }
}

extension ReturnValue.Kind {
  /// Whether it is read from where a pointer leads.
  var isCopied: Bool {
    switch self {
    case .text, .structure: true
    case .void, .scalar, .handle: false
    }
  }
}
