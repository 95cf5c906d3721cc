// SPDX-License-Identifier: Apache-2.0

/// How much is kept and how much is shown. What is over a limit is left out, and that is said.
struct ResultLimits: Sendable, Hashable, Decodable {
  /// Lines of text shown of an output's beginning, and as many of its end.
  var viewLines = 100
  /// Bytes of text shown of an output's beginning, and as many of its end.
  var viewBytes = 32 << 10
  /// Images shown of a result; those beyond are named, and given when asked for.
  var viewImages = 20
  /// Outputs kept of a result.
  var outputsPerResult = 10_000
  /// Bytes kept of a result.
  var bytesPerResult = 1 << 30
  /// Bytes of text kept of one output.
  var bytesPerText = 256 << 20
  /// Results kept of a document, pinned ones aside.
  var resultsPerDocument = 1_000
  /// Bytes kept of a document.
  var bytesPerDocument = 1 << 30
  /// Bytes kept in all.
  var bytes = 8 << 30
  /// What waits in memory to be kept, before it waits on the disk.
  var queueBytes = 8 << 20
  /// What waits in memory while nothing can be written.
  var heldBytes = 64 << 20

  enum CodingKeys: String, CodingKey {
    case viewLines = "view_lines"
    case viewBytes = "view_bytes"
    case viewImages = "view_images"
    case outputsPerResult = "outputs_per_result"
    case bytesPerResult = "bytes_per_result"
    case bytesPerText = "bytes_per_text"
    case resultsPerDocument = "results_per_document"
    case bytesPerDocument = "bytes_per_document"
    case bytes
    case queueBytes = "queue_bytes"
    case heldBytes = "held_bytes"
  }

  init() {}

  /// What is left out has its default.
  init(from decoder: any Decoder) throws {
    let values = try decoder.container(keyedBy: CodingKeys.self)
    func read(_ key: CodingKeys, _ value: inout Int) throws { value = try values.decodeIfPresent(Int.self, forKey: key) ?? value }
    try read(.viewLines, &viewLines)
    try read(.viewBytes, &viewBytes)
    try read(.viewImages, &viewImages)
    try read(.outputsPerResult, &outputsPerResult)
    try read(.bytesPerResult, &bytesPerResult)
    try read(.bytesPerText, &bytesPerText)
    try read(.resultsPerDocument, &resultsPerDocument)
    try read(.bytesPerDocument, &bytesPerDocument)
    try read(.bytes, &bytes)
    try read(.queueBytes, &queueBytes)
    try read(.heldBytes, &heldBytes)
  }
}
