// SPDX-License-Identifier: Apache-2.0

/// The bytes of an output, wherever they lie: in a file, in the row, or the beginning in one and the end in the other.
struct OutputBytes {
  private let file: DiskFile?
  private let inFile: Int
  private let body: [UInt8]

  init(_ row: OutputRow, _ tables: ResultTables) throws(FileTrouble) {
    let path = row.blob.map { tables.blobs.path(of: $0) } ?? row.live.map { "\(tables.places.live)/\($0)" }
    file = if let path { try DiskFile(path: path, .read) } else { nil }
    inFile = row.blob == nil ? row.settled : file?.count ?? 0
    body = row.body
  }

  var count: Int { inFile + body.count }

  func read(at offset: Int, _ wanted: Int) throws(FileTrouble) -> [UInt8] {
    let end = min(count, offset + max(0, wanted))
    guard offset < end else { return [] }
    var bytes: [UInt8] = []
    if let file, offset < inFile { bytes = try file.read(at: offset, min(end, inFile) - offset) }
    if end > inFile { bytes += body[max(0, offset - inFile)..<(end - inFile)] }
    return bytes
  }

  func all() throws(FileTrouble) -> [UInt8] { try read(at: 0, count) }
}
