// SPDX-License-Identifier: Apache-2.0

/// What may stand at the end of a command line.
struct Completion {
  let subcommands: [Subcommand]

  /// - Parameter words: Behind "jackfield"; the last one is being typed and may be empty.
  func candidates(_ words: [String]) -> [String] {
    guard let typed = words.last else { return [] }
    let before = words.dropLast()
    guard let verb = before.first else { return subcommands.filter { !$0.isHidden }.map(\.name).matching(typed) }
    guard let subcommand = subcommands.first(where: { $0.name == verb }) else { return [] }
    let invocation = try? WordParser(subcommand: subcommand).parse(Array(before.dropFirst()))
    // A flag that waits for its value: only the person knows it.
    if let last = before.last, subcommand.allOptions.contains(where: { $0.name == last && $0.value != nil }) { return [] }
    let given = invocation?.arguments ?? []
    var possible = typed.hasPrefix("-") ? subcommand.allOptions.map(\.name) : []
    if !typed.hasPrefix("-") || subcommand.takesOtherOptions { possible += subcommand.complete(given, invocation?.home) }
    return possible.matching(typed)
  }
}

extension [String] {
  fileprivate func matching(_ prefix: String) -> [String] { filter { $0.hasPrefix(prefix) }.sorted() }
}
