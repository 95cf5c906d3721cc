// SPDX-License-Identifier: Apache-2.0

/// The plugin's settings; meanings and defaults stand in plugin.json.
struct StoreConfiguration: Decodable, Sendable {
  var queueBytes = 4 << 20
  var commitRows = 10_000
  var metricNamesPerRun = 10_000
  /// As written; `CheckpointPolicy` reads it.
  var keep = "none"

  init() {}

  init(from decoder: any Decoder) throws {
    let values = try decoder.container(keyedBy: CodingKeys.self)
    queueBytes = try values.decodeIfPresent(Int.self, forKey: .queueBytes) ?? queueBytes
    commitRows = try values.decodeIfPresent(Int.self, forKey: .commitRows) ?? commitRows
    metricNamesPerRun = try values.decodeIfPresent(Int.self, forKey: .metricNamesPerRun) ?? metricNamesPerRun
    keep = try values.decodeIfPresent(Checkpoints.self, forKey: .checkpoints)?.keep ?? keep
  }

  private struct Checkpoints: Decodable {
    var keep: String?
  }

  private enum CodingKeys: String, CodingKey { case queueBytes, commitRows, metricNamesPerRun, checkpoints }
}
