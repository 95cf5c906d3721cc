// SPDX-License-Identifier: Apache-2.0
import JSON

/// Reads one function.
struct SignatureReader {
  let types: NamedTypes
  let errorTexts: [Int64: String]
  /// The member of every input that names the library, if there are several.
  let libraryArgument: String?

  static let keys = ["symbol", "returns", "args", "errors", "variadic"]

  func read(_ part: Part) -> Signature? {
    let symbol = part.symbol("symbol", isRequired: true)
    let parts = part.parts("args", limit: Limits.arguments, keys: ArgumentReader.keys)
    let reader = ArgumentReader(types: types, names: ArgumentNames(parts))
    let arguments = parts.compactMap { reader.read($0) }
    let errors = ErrorRuleReader(texts: errorTexts).read(part)
    let returns = ReturnReader(types: types).read(part, errors: errors, isLength: arguments.contains { $0.buffer?.filled == .result })
    guard let symbol, let returns, arguments.count == parts.count, isWhole(part) else { return nil }
    let signature = Signature(
      symbol: symbol, returns: returns, arguments: arguments, fixedArguments: part.integer("variadic", in: 1...Limits.arguments),
      errors: errors)
    check(signature, part)
    return signature
  }

  /// Whether the arguments could be counted; that they could not was reported.
  private func isWhole(_ part: Part) -> Bool {
    guard let args = part.members["args"] else { return true }
    return args.arrayValue.map { $0.count <= Limits.arguments } ?? false
  }

  private func check(_ signature: Signature, _ part: Part) {
    ErrorRuleReader.check(signature.errors, signature.returns, part)
    checkNames(signature, part)
    checkLengths(signature, part)
    checkVariable(signature, part)
  }

  /// Callers tell arguments and results apart by their names.
  private func checkNames(_ signature: Signature, _ part: Part) {
    var inputs: Set<String> = Set([libraryArgument].compactMap { $0 })
    var outputs: Set<String> = signature.returns.isShown ? [signature.returns.name] : []
    var names: Set<String> = []
    for (index, argument) in signature.arguments.enumerated() where !argument.name.isEmpty {
      let path = part.path + [.key("args"), .index(index), .key("name")]
      if !names.insert(argument.name).inserted || (argument.isAsked && !inputs.insert(argument.name).inserted) {
        part.faults.report(path, "is '\(argument.name)' a second time; rename one")
      } else if argument.comesOut, !outputs.insert(argument.name).inserted {
        part.faults.report(path, "is '\(argument.name)', which the result is named too; rename one")
      }
      if case .member(let name, _)? = argument.buffer?.capacity, argument.direction == .out, !inputs.insert(name).inserted {
        part.faults.report(path.dropLast() + [.key("capacity"), .key("member")], "is '\(name)', as another argument is; rename one")
      }
    }
  }

  private func checkLengths(_ signature: Signature, _ part: Part) {
    guard let index = signature.arguments.firstIndex(where: { $0.buffer?.filled == .result }) else { return }
    guard case .scalar(let type) = signature.returns.kind, type.isInteger else {
      return part.faults.report(
        part.path + [.key("args"), .index(index), .key("length")],
        "is 'return', but the function does not return a whole number; correct one")
    }
  }

  /// What stands for "…" in C grows to an int or a double on its way.
  private func checkVariable(_ signature: Signature, _ part: Part) {
    guard let fixed = signature.fixedArguments else { return }
    guard fixed <= signature.arguments.count else {
      return part.report("variadic", "is \(fixed), but there are \(signature.arguments.count) arguments; write how many the function names")
    }
    for (index, argument) in signature.arguments.enumerated().dropFirst(fixed) {
      let type: ScalarType? =
        switch argument.kind {
        case .scalar(let type) where argument.direction == .in && !argument.isByPointer: type
        case .length(let length) where argument.direction == .in: length.type
        default: nil
        }
      guard let type, type.size < 4 || type == .f32 else { continue }
      let path = part.path + [.key("args"), .index(index), .key("type")]
      part.faults.report(
        path, "is '\(type.rawValue)', which C widens in '…'; write '\(type == .f32 ? "f64" : type.isSigned ? "i32" : "u32")'")
    }
  }
}
