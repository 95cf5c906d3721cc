// SPDX-License-Identifier: Apache-2.0
// A region is chosen on a report that was made in evaluation mode; the fork's own scan is made in training mode and picks others.

internal import JSON
internal import PluginSDK

/// The samples of a region, looked up in the newest recorded report: exactly those that a person saw.
struct RegionSamples: Sendable {
  var report: JSONValue
  var indices: [Int]

  private static let pageSize = 100_000

  /// - Returns: Nil when there is no report of the run, or nobody keeps records.
  static func find(in run: String, _ least: Double, _ most: Double, _ ledger: any RunLedger) async throws -> RegionSamples? {
    var indices: [Int] = []
    var report: JSONValue?
    var from: Int? = 0
    while let start = from {
      guard let page = try await page(run, report, start, ledger), let losses = page["losses"]?.arrayValue,
        let samples = page["sample_indices"]?.arrayValue
      else { return nil }
      report = report ?? page["id"]
      for (loss, sample) in zip(losses, samples) {
        guard let loss = loss.doubleValue, loss >= least, loss <= most, let sample = sample.intValue else { continue }
        indices.append(sample)
      }
      from = page["next"]?.intValue.flatMap { $0 > start ? $0 : nil }
    }
    return RegionSamples(report: report ?? .null, indices: indices)
  }

  /// From the second page on the report is named, so that a newer one does not come in between.
  private static func page(_ run: String, _ report: JSONValue?, _ from: Int, _ ledger: any RunLedger) async throws -> JSONValue? {
    var input: JSONValue = ["from": .integer(Int64(from)), "limit": .integer(Int64(pageSize))]
    if let report {
      input["id"] = report
    } else {
      input["run"] = .string(run)
      input["subset_on"] = "train"
    }
    do {
      return try await ledger.ask("runs.report", input)
    } catch {
      // No report of that run.
      guard (error as? PluginFailure)?.status == .notFound else { throw error }
      return nil
    }
  }
}
