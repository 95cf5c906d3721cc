// SPDX-License-Identifier: Apache-2.0

/// Where results lie: all below one directory.
struct ResultPlaces: Sendable {
  let directory: String

  var database: String { directory + "/results.sqlite" }
  /// Text that is still being written.
  var live: String { directory + "/live" }
  var blobs: String { directory + "/blobs" }
  /// What was recorded faster than it could be kept, for the moment.
  var backlog: String { directory + "/backlog" }

  func make() throws(FileTrouble) {
    for path in [live, blobs] { try DiskFiles.makeDirectory(path) }
  }
}
