// SPDX-License-Identifier: Apache-2.0

internal import JSON

/// A kernelspec for an interpreter that has ipykernel, whether somebody registered it or not.
enum SyntheticSpec {
  /// - Parameter interpreter: That has ipykernel.
  static func of(_ interpreter: Interpreter) -> KernelSpec {
    KernelSpec(
      name: name(of: interpreter),
      command: [interpreter.executable, "-m", "ipykernel_launcher", "-f", "{connection_file}"], displayName: interpreter.displayName,
      language: "python", metadata: hasCurve(interpreter) ? ["supported_encryption": ["curve"]] : [:])
  }

  /// As "python-venv-project-1f2e3d4c": the same for the same folder, always.
  static func name(of interpreter: Interpreter) -> String {
    let name = interpreter.name.lowercased().map { $0.isASCII && ($0.isLetter || $0.isNumber || $0 == ".") ? $0 : "-" }
    return "python-\(interpreter.kind.rawValue)-\(String(name))-\(hash(interpreter.prefix))"
  }

  /// FNV-1a, eight digits.
  static func hash(_ text: String) -> String {
    let number = text.utf8.reduce(UInt32(2_166_136_261)) { ($0 ^ UInt32($1)) &* 16_777_619 }
    let digits = String(number, radix: 16)
    return String(repeating: "0", count: 8 - digits.count) + digits
  }

  /// ipykernel has it from 7.3 on.
  private static func hasCurve(_ interpreter: Interpreter) -> Bool {
    let numbers = (interpreter.ipykernel ?? "").split(separator: ".").prefix(2).compactMap { Int($0) }
    return numbers.count == 2 && (numbers[0], numbers[1]) >= (7, 3)
  }
}
