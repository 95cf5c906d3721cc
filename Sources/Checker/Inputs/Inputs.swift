// SPDX-License-Identifier: Apache-2.0
import JSON
import PluginSDK
import PluginTestKit

/// What the commands of one job are given.
struct Inputs {
  private let job: Job
  /// Beside those that are the same for every command.
  private static let mutations = 40
  /// In bytes, of the one huge input; the limit of the contract is 16 MiB.
  private static let huge = 4 << 20

  init(_ job: Job) { self.job = job }

  var conformance: ConformanceInputs { ConformanceInputs(example: { example($0) }, junk: { junk($0) }) }

  func example(_ command: String) -> Payload { Payload(bytes: SchemaExample.value(for: job.schemas[command]).bytes()) }

  func junk(_ command: String) -> [Payload] {
    var mutation = Mutation(random: RandomSource(seed: job.seed, purpose: command))
    let example = SchemaExample.value(for: job.schemas[command])
    let mutated = (0..<Self.mutations).map { _ in Payload.junk(mutation.bytes(of: example)) }
    let huge = Payload(bytes: Array("\"\(String(repeating: "x", count: Self.huge))\"".utf8))
    return ConformanceInputs.always + mutated + [huge]
  }
}
