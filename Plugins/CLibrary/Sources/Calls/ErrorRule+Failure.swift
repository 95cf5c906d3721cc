// SPDX-License-Identifier: Apache-2.0

import FFI
import JSON
import PluginSDK
import Signatures

extension ErrorRule {
  /// The failure that a function reported; nil when it went well.
  func failure(result bits: UInt64, _ errorNumber: Int32, _ plan: CommandPlan) -> PluginFailure? {
    guard isSign(bits, errorNumber, plan.signature.returns.kind) else { return nil }
    let returned = Self.shown(bits, plan.signature.returns.kind)
    let value: Int64 = number == .errno ? Int64(errorNumber) : Self.integer(bits, plan.signature.returns.kind)
    let name = number == .errno ? SystemErrorNumber.name(errorNumber) : nil
    let text = texts[value] ?? (number == .errno && errorNumber != 0 ? SystemErrorNumber.text(errorNumber) : nil)
    var data: JSONValue = ["symbol": .string(plan.signature.symbol), "number": .integer(value)]
    if let name { data["name"] = .string(name) }
    if let text { data["text"] = .string(text) }
    let words = [name, text].compactMap { $0 }.joined(separator: ": ")
    return PluginFailure(
      "'\(plan.name)' failed: '\(plan.signature.symbol)' \(verb(returned, errorNumber))\(words.isEmpty ? "" : " (\(words))")",
      code: "c_error",
      data: data, status: .failed)
  }

  private func verb(_ returned: String, _ errorNumber: Int32) -> String {
    sign == .errno ? "set errno to \(errorNumber)" : "returned \(returned)"
  }

  private func isSign(_ bits: UInt64, _ errorNumber: Int32, _ kind: ReturnValue.Kind) -> Bool {
    switch sign {
    case .none: false
    case .nonzero: Self.integer(bits, kind) != 0
    case .zero: Self.integer(bits, kind) == 0
    case .negative: Self.integer(bits, kind) < 0
    case .errno: errorNumber != 0
    }
  }

  /// A result as a whole number; an address as its bits.
  private static func integer(_ bits: UInt64, _ kind: ReturnValue.Kind) -> Int64 {
    if case .scalar(let type) = kind { type.integer(bits) } else { Int64(bitPattern: bits) }
  }

  private static func shown(_ bits: UInt64, _ kind: ReturnValue.Kind) -> String {
    switch kind {
    case .scalar(.bool): integer(bits, kind) == 0 ? "false" : "true"
    case .scalar: "\(integer(bits, kind))"
    case .void, .text, .handle, .structure: bits == 0 ? "NULL" : "a pointer"
    }
  }
}
