// SPDX-License-Identifier: Apache-2.0

internal import JSON
internal import PluginSDK

/// The five checks that a paused trainer can make of itself.
enum CheckKind: String, Sendable, CaseIterable {
  case dist, throughput, activations, numerics, determinism

  /// The trainer's name for it.
  var command: String { "\(rawValue)_health" }

  /// Whether every rank of a distributed run must take part, or the one that does waits for the others for ever.
  ///
  /// So it is with what the ranks compare, and a forward pass of a wrapped model may synchronise buffers between them.
  var concernsAllRanks: Bool { self == .dist || self == .throughput || self == .activations }

  /// The options there are, with what is sent unless the caller says otherwise.
  var options: [String: CheckOption] {
    switch self {
    case .dist: ["require_all_ranks": .flag(false), "sample_weights": .count(0, 0...100_000)]
    case .throughput: ["budget_steps": .count(2, 1...10_000), "micro_backward": .flag(false)]
    case .activations: ["budget_steps": .count(2, 1...10_000), "topk": .count(12, 1...1_000), "eps": .fraction(1e-3)]
    case .numerics: ["sample_layers": .count(25, 1...1_000_000)]
    case .determinism: [:]
    }
  }

  /// Finds a check by its name.
  static func named(_ name: String) throws -> CheckKind {
    guard let kind = CheckKind(rawValue: name) else {
      let known = allCases.map(\.rawValue).joined(separator: ", ")
      throw PluginFailure("there is no check '\(name.shown)'; there are: \(known)", code: "unknown_check", status: .invalid)
    }
    return kind
  }

  /// What to send to the trainer.
  ///
  /// - Throws: When an option is not one of this check, or its value does not fit.
  func payload(_ given: [String: JSONValue]) throws -> [String: JSONValue] {
    var payload = options.mapValues(\.standard)
    for (name, value) in given where !value.isNull {
      guard let option = options[name] else { throw unknown(name) }
      guard option.takes(value) else {
        throw PluginFailure("cannot check '\(rawValue)': its option '\(name)' must be \(option.wanted)", status: .invalid)
      }
      payload[name] = value
    }
    return payload
  }

  private func unknown(_ option: String) -> PluginFailure {
    let known = options.keys.sorted().joined(separator: ", ")
    return PluginFailure(
      "cannot check '\(rawValue)': it has no option '\(option.shown)'\(known.isEmpty ? " and takes none" : "; there are: \(known)")",
      status: .invalid)
  }
}
