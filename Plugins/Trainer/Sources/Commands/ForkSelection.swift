// SPDX-License-Identifier: Apache-2.0

internal import JSON
internal import PluginSDK

/// Which samples a fork trains on, as a person says it.
enum ForkSelection: Sendable, Equatable {
  case everything
  case indices([Int])
  /// Samples whose loss lies between the two, both included.
  case region(Double, Double)
  /// As the trainer understands it.
  case other(JSONValue)

  init(_ input: CommandInput) throws {
    let given = ["selection", "region", "indices", "quantile", "kmeans"].filter { input[$0] != nil }
    guard given.count <= 1 else {
      throw input.invalid("\(given.map { "'\($0)'" }.joined(separator: " and ")) each choose samples; give one of them")
    }
    switch given.first {
    case "indices": self = .indices(try Self.indices(input))
    case "region": self = try Self.region(input)
    case "quantile": self = .other(try Self.quantile(input))
    case "kmeans": self = .other(try Self.kmeans(input))
    case "selection": self = try Self.selection(input)
    default: self = .everything
    }
  }

  private static func indices(_ input: CommandInput) throws -> [Int] {
    let indices = try input.indices("indices") ?? []
    guard !indices.isEmpty else { throw input.invalid("'indices' is empty; a fork needs samples to train on") }
    return indices
  }

  private static func region(_ input: CommandInput) throws -> ForkSelection {
    guard let region = try input.members("region"), let least = try region.number("min_loss"), let most = try region.number("max_loss")
    else {
      throw input.invalid("'region' needs 'min_loss' and 'max_loss'")
    }
    guard least <= most else { throw input.invalid("'region.min_loss' (\(least)) is above 'region.max_loss' (\(most))") }
    return .region(least, most)
  }

  private static func quantile(_ input: CommandInput) throws -> JSONValue {
    let quantile = try input.members("quantile")
    let (from, to) = (try quantile?.number("from") ?? 0.85, try quantile?.number("to") ?? 1)
    guard from >= 0, from < to, to <= 1 else { throw input.invalid("'quantile' must be from a smaller to a larger number of 0 to 1") }
    return ["kind": "quantile", "from": .number(from), "to": .number(to)]
  }

  private static func kmeans(_ input: CommandInput) throws -> JSONValue {
    let kmeans = try input.members("kmeans")
    let count = try kmeans?.count("k") ?? 5
    guard count > 0 else { throw input.invalid("'kmeans.k' must be above zero") }
    let clusters = try kmeans?.indices("target_clusters") ?? []
    guard clusters.allSatisfy({ $0 < count }) else { throw input.invalid("'kmeans.target_clusters' must be below 'k' (\(count))") }
    var selection: JSONValue = [
      "kind": "kmeans", "k": .integer(Int64(count)), "target_clusters": .array(clusters.map { .integer(Int64($0)) }),
    ]
    selection["feature"] = try kmeans?.name("feature").map { .string($0) }
    return selection
  }

  private static func selection(_ input: CommandInput) throws -> ForkSelection {
    guard let selection = try input.object("selection") else { return .everything }
    guard let kind = selection["kind"]?.stringValue, ["indices", "quantile", "kmeans"].contains(kind) else {
      throw input.invalid("'selection.kind' must be 'indices', 'quantile' or 'kmeans'")
    }
    return .other(selection)
  }

  /// The members of the payload that say so.
  var payload: JSONValue {
    switch self {
    case .everything: [:]
    case .indices(let indices): ["selection": ["kind": "indices", "ids": .array(indices.map { .integer(Int64($0)) })]]
    case .region(let least, let most): ["region": ["minLoss": .number(least), "maxLoss": .number(most)]]
    case .other(let selection): ["selection": selection]
    }
  }
}
