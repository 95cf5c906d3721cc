// SPDX-License-Identifier: Apache-2.0
// From what C gave to JSON.

import FFI
import PluginSDK
import Signatures

extension CommandCall {
  func output(isRaw: Bool) throws(PluginFailure) -> Payload {
    if isRaw, let index = plan.rawOutput { return Payload(bytes: try written(index), content: .bytes) }
    var text: [UInt8] = [UInt8(ascii: "{")]
    if plan.signature.returns.isShown {
      text += plan.resultKey
      appendResult(to: &text)
    }
    for index in plan.arguments.indices where plan.arguments[index].argument.comesOut {
      if text.count > 1 { text.append(UInt8(ascii: ",")) }
      text += plan.arguments[index].key
      try append(index, to: &text)
    }
    text.append(UInt8(ascii: "}"))
    return Payload(bytes: text)
  }

  private func appendResult(to text: inout [UInt8]) {
    let bits = work.frame.result
    let returns = plan.signature.returns
    switch returns.kind {
    case .void: text += "null".utf8
    case .scalar(let type): type.append(bits, to: &text)
    case .text: append(textAt: bits, to: &text)
    case .handle(let type): append(handle: bits, type, to: &text)
    case .structure:
      if bits == 0 {
        text += "null".utf8
      } else {
        append(ForeignAddress.bytes(at: bits, count: plan.resultLayout.size), plan.resultLayout, to: &text)
      }
    }
    if let free = returns.free { library.free(bits, with: free) }
  }

  private func append(_ index: Int, to text: inout [UInt8]) throws(PluginFailure) {
    let argument = plan.arguments[index]
    let place = argument.place ?? 0
    switch argument.argument.kind {
    case .scalar(let type): type.append(work.fixed.load(size: type.size, at: place), to: &text)
    case .text(let free):
      let address = work.fixed.load(size: 8, at: place)
      append(textAt: address, to: &text)
      if let free { library.free(address, with: free) }
    case .buffer(let buffer): buffer.encoding.append(try written(index), to: &text)
    case .handle(let type, _): append(handle: work.fixed.load(size: 8, at: place), type, to: &text)
    case .structure: append(work.fixed.bytes(at: place, count: argument.layout.size), argument.layout, to: &text)
    case .length, .null: text += "null".utf8
    }
  }

  private func append(textAt address: UInt64, to text: inout [UInt8]) {
    guard let bytes = ForeignAddress.text(at: address, limit: Limits.bytes) else { return text += "null".utf8 }
    text.append(string: bytes)
  }

  private func append(handle address: UInt64, _ type: String, to text: inout [UInt8]) {
    guard address != 0 else { return text += "null".utf8 }
    let entry = HandleTable.Entry(
      type: type, address: address, library: library, free: plan.handleTypes[type]?.free, facts: facts)
    text += "\(handles.add(entry))".utf8
  }

  /// The whole numbers of this call, by the names of their arguments.
  private var facts: [String: Int] {
    var facts: [String: Int] = [:]
    for (index, plan) in plan.arguments.enumerated() {
      guard case .scalar(let type) = plan.argument.kind, type.isInteger, plan.argument.goesIn else { continue }
      facts[plan.argument.name] = work.numbers[index]
    }
    return facts
  }

  private func append(_ bytes: [UInt8], _ layout: StructLayout, to text: inout [UInt8]) {
    text.append(UInt8(ascii: "{"))
    var isFirst = true
    for field in layout.fields where field.kind != .pointer {
      if !isFirst { text.append(UInt8(ascii: ",")) }
      isFirst = false
      text += "\"\(field.name)\":".utf8
      append(bytes, field, to: &text)
    }
    text.append(UInt8(ascii: "}"))
  }

  private func append(_ bytes: [UInt8], _ field: StructLayout.Field, to text: inout [UInt8]) {
    switch field.kind {
    case .scalar(let type): type.append(Self.bits(bytes, field.offset, type.size), to: &text)
    case .array(let type, let count):
      text.append(UInt8(ascii: "["))
      for index in 0..<count {
        if index > 0 { text.append(UInt8(ascii: ",")) }
        type.append(Self.bits(bytes, field.offset + index * type.size, type.size), to: &text)
      }
      text.append(UInt8(ascii: "]"))
    case .characters(let count): text.append(string: Array(bytes[field.offset..<field.offset + count].prefix { $0 != 0 }))
    case .text: append(textAt: Self.bits(bytes, field.offset, 8), to: &text)
    case .pointer: break
    }
  }

  private static func bits(_ bytes: [UInt8], _ offset: Int, _ size: Int) -> UInt64 {
    var bits: UInt64 = 0
    for index in (0..<size).reversed() { bits = bits << 8 | UInt64(bytes[offset + index]) }
    return bits
  }

  /// The bytes of a buffer that count.
  private func written(_ index: Int) throws(PluginFailure) -> [UInt8] {
    guard let memory = work.buffers[index], let buffer = plan.arguments[index].argument.buffer else { return [] }
    switch buffer.filled {
    case .whole: return memory.bytes(count: memory.count)
    case .terminator: return Array(memory.bytes(count: memory.count).prefix { $0 != 0 })
    case .result:
      // A reader made sure that the function returns a whole number.
      guard case .scalar(let type) = plan.signature.returns.kind else { return [] }
      return memory.bytes(count: try length(type, work.frame.result, unit: 1, index, memory))
    case .length(let number):
      guard case .length(let length) = plan.arguments[number].argument.kind else { return [] }
      let bits = work.fixed.load(size: length.type.size, at: plan.arguments[number].place ?? 0)
      return memory.bytes(count: try self.length(length.type, bits, unit: length.unit, index, memory))
    }
  }

  /// How many bytes a number of C's means, if there is room for so many.
  private func length(_ type: ScalarType, _ bits: UInt64, unit: Int, _ index: Int, _ memory: ForeignMemory) throws(PluginFailure) -> Int {
    let (count, overflow) = Int(type.integer(bits)).multipliedReportingOverflow(by: unit)
    if !overflow, 0...memory.count ~= count { return count }
    var shown: [UInt8] = []
    type.append(bits, to: &shown)
    throw PluginFailure(
      "'\(plan.name)' went wrong: '\(plan.signature.symbol)' says that '\(plan.arguments[index].argument.name)' has \(String(decoding: shown, as: UTF8.self)) elements, and there is room for \(memory.count / unit); give it more room, or correct the signature",
      code: "bad_length", status: .failed)
  }
}
