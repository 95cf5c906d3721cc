// SPDX-License-Identifier: Apache-2.0

/// How ipykernel gets into an environment: by what that environment is looked after with.
struct InstallPlan: Sendable, Hashable {
  /// Each to be run after the one before; nothing that is there is replaced.
  var commands: [[String]]

  /// Chooses by what there is: uv for what uv made, conda for conda's, else pip.
  ///
  /// - Returns: Nil when nothing may be installed there: the environment is the system's.
  static func into(_ interpreter: Interpreter, _ surroundings: Surroundings) -> InstallPlan? {
    if interpreter.isManaged { return nil }
    let tools = InstallTools(surroundings)
    let isOfUV = VenvSettings(interpreter.prefix)?.isOfUV ?? (interpreter.kind == .uv)
    if let uv = tools.uv, isOfUV || !interpreter.hasPip, interpreter.kind != .conda, interpreter.kind != .pixi {
      return InstallPlan(commands: [[uv, "pip", "install", "--python", interpreter.executable, "ipykernel"]])
    }
    if interpreter.kind == .conda, let conda = tools.conda(interpreter.prefix) {
      return InstallPlan(commands: [[conda, "install", "--yes", "--prefix", interpreter.prefix, "ipykernel"]])
    }
    if interpreter.kind == .pixi, let pixi = tools.pixi, let range = interpreter.prefix.firstRange(of: "/.pixi/envs/") {
      let project = String(interpreter.prefix[..<range.lowerBound])
      return InstallPlan(commands: [[pixi, "add", "--manifest-path", project, "ipykernel"]])
    }
    let pip = [interpreter.executable, "-m", "pip", "install", "ipykernel"]
    return InstallPlan(commands: interpreter.hasPip ? [pip] : [[interpreter.executable, "-m", "ensurepip"], pip])
  }

  /// As people type it.
  var text: String { commands.map { $0.map(Self.quoted).joined(separator: " ") }.joined(separator: " && ") }

  private static func quoted(_ word: String) -> String {
    let isPlain = word.utf8.allSatisfy { byte in
      switch byte {
      case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "0")...UInt8(ascii: "9"): true
      default: "/-._=+:@%".utf8.contains(byte)
      }
    }
    return isPlain && !word.isEmpty
      ? word : "'" + word.split(separator: "'", omittingEmptySubsequences: false).joined(separator: "'\\''") + "'"
  }
}
