// SPDX-License-Identifier: Apache-2.0

/// Why a file is no shared library of this machine.
enum ELFFault: Error, Hashable {
  case empty
  case notELF
  /// For another word size or byte order.
  case otherClass
  /// The number of the machine, `e_machine`.
  case otherMachine(UInt16)
  /// A program, an object file, a core.
  case notShared
  case tooLarge
  /// What does not fit together.
  case damaged(String)

  static let machineNames: [UInt16: String] = [
    3: "i386", 8: "mips", 20: "ppc", 21: "ppc64", 22: "s390x", 40: "arm", 62: "x86_64", 183: "aarch64", 243: "riscv64",
    258: "loongarch64",
  ]

  /// The `e_machine` of this process.
  #if arch(x86_64)
    static let hostMachine: UInt16 = 62
  #elseif arch(arm64)
    static let hostMachine: UInt16 = 183
  #elseif arch(riscv64)
    static let hostMachine: UInt16 = 243
  #endif

  static var hostMachineName: String { machineNames[hostMachine] ?? "this machine" }
}
