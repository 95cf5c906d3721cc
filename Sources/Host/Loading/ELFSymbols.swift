// SPDX-License-Identifier: Apache-2.0

/// The dynamic symbols of a shared library: what it offers and what it wants.
struct ELFSymbols {
  struct Symbol {
    var name: ArraySlice<UInt8>
    var isDefined: Bool
    var isWeak: Bool
    var isLocal: Bool
    var isFunction: Bool
  }

  static let maximumCount = 1 << 20

  let count: Int
  private let table: [UInt8]
  private let strings: [UInt8]
  private let hash: ELFGNUHash?
  /// Where each defined name stands; only for a library without a GNU hash table, which is rare.
  private var indices: [ArraySlice<UInt8>: Int] = [:]

  /// - Throws: `ELFFault.damaged` when the tables lie outside of the file.
  init(_ image: ELFImage, _ dynamic: ELFDynamic) throws(ELFFault) {
    guard let address = dynamic.value(ELFDynamic.Tag.symbols), let place = image.place(of: address) else {
      throw .damaged("it has no table of symbols")
    }
    hash = try dynamic.value(ELFDynamic.Tag.gnuHash).map { address throws(ELFFault) in try ELFGNUHash(image, at: address) }
    var count = max(hash?.count ?? 0, image.sections.dynamicSymbols(at: place.offset) / 24)
    if let address = dynamic.value(ELFDynamic.Tag.hash), let head = image.bytes(at: address, count: 8), let chains = head.uint32(at: 4) {
      count = max(count, Int(chains))
    }
    guard count <= Self.maximumCount, let table = image.bytes(at: address, count: 24 * count) else {
      throw .damaged("its symbols lie outside of the file")
    }
    self.count = count
    self.table = table
    strings = dynamic.strings
    if hash == nil {
      for index in stride(from: 1, to: count, by: 1) { indices[try symbol(index).name] = index }
    }
  }

  /// - Throws: `ELFFault.damaged` when the name lies outside of its table.
  private func symbol(_ index: Int) throws(ELFFault) -> Symbol {
    let at = 24 * index
    guard index >= 0, index < count, let nameOffset = table.uint32(at: at), let section = table.uint16(at: at + 6),
      let name = strings.terminated(at: Int(nameOffset))
    else { throw .damaged("the name of a symbol lies outside of its table") }
    let binding = table[at + 4] >> 4
    let type = table[at + 4] & 15
    return Symbol(
      name: name, isDefined: section != 0, isWeak: binding == 2, isLocal: binding == 0, isFunction: type == 2 || type == 10)
  }

  /// Visits every symbol that another library sees, or has to offer; those without a name stand for sections and are left out.
  func forEach(_ body: (Symbol) -> Void) throws(ELFFault) {
    for index in stride(from: 1, to: count, by: 1) {
      let symbol = try symbol(index)
      if !symbol.isLocal, !symbol.name.isEmpty { body(symbol) }
    }
  }

  /// Names of the symbols that others must offer, in the order of the table. Weak ones may stay missing, so they are left out.
  func wanted() throws(ELFFault) -> [ArraySlice<UInt8>] {
    var names: [ArraySlice<UInt8>] = []
    try forEach { if !$0.isDefined, !$0.isWeak { names.append($0.name) } }
    return names
  }

  /// The symbol of that name, if this library defines it.
  func definition(of name: ArraySlice<UInt8>) -> Symbol? {
    let candidates = hash?.candidates(for: name) ?? indices[name].map { [$0] } ?? []
    for index in candidates {
      // A symbol that cannot be read offers nothing.
      if let symbol = try? symbol(index), symbol.isDefined, !symbol.isLocal, symbol.name.elementsEqual(name) { return symbol }
    }
    return nil
  }
}
