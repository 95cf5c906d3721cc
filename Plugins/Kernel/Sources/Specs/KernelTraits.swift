// SPDX-License-Identifier: Apache-2.0

/// What is known of a kernel's implementation by trial; no kernel says it of itself.
struct KernelTraits: Sendable, Hashable {
  /// Whether it works over Unix sockets. JJava, ILua and ggsql hang there, and Deno ends; xeus reads the name of a socket that it bound
  /// into 32 bytes, which no runtime directory leaves room for.
  var usesSockets: Bool
  /// Whether it takes a registration file (JEP 66) in place of a connection file.
  var registers = false

  /// A part of some word of the command, and what it tells.
  private static let table: [(word: String, traits: KernelTraits)] = [
    ("ipykernel", KernelTraits(usesSockets: true)),
    ("async_kernel", KernelTraits(usesSockets: true)),
    ("async-kernel", KernelTraits(usesSockets: true)),
    ("xpython", KernelTraits(usesSockets: false, registers: true)),
    ("bash_kernel", KernelTraits(usesSockets: true)),
    ("zsh_jupyter_kernel", KernelTraits(usesSockets: true)),
    ("octave_kernel", KernelTraits(usesSockets: true)),
    ("gnuplot_kernel", KernelTraits(usesSockets: true)),
    ("calysto_scheme", KernelTraits(usesSockets: true)),
    ("IRkernel::main", KernelTraits(usesSockets: true)),
  ]

  /// Of a kernelspec's command.
  static func of(_ command: [String]) -> KernelTraits {
    // A word that is a path says where a kernel lies, not what it is: only its last part counts.
    let words = command.map { $0.hasPrefix("/") ? Path.name(of: $0) : $0 }
    return table.first { entry in words.contains { $0.contains(entry.word) } }?.traits ?? KernelTraits(usesSockets: false)
  }
}
