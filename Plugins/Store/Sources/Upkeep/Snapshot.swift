// SPDX-License-Identifier: Apache-2.0

internal import FoundationEssentials
internal import JSON
internal import PluginSDK
internal import SQLite

/// `store.snapshot`: a consistent copy of the database in a file of its own, made while it is written to.
enum Snapshot {
  struct Input: Decodable, Sendable {
    var path: String?
  }

  /// - Parameter data: The data directory, for copies that are given a name only.
  static func make(_ input: Input, of source: String, data: String, _ call: Call, _ cancellation: Cancellation) throws -> JSONValue {
    let path = try target(input.path, data: data)
    let begun = MonotonicClock.now
    let database = try Database(path: source, access: .readOnly)
    try cancellation.interrupts(database)
    let pages = try database.integer("SELECT page_count FROM pragma_page_count") ?? 0
    let expected = pages * (try database.integer("SELECT page_size FROM pragma_page_size") ?? 0)
    try FileTools.requireRoom(expected, at: path)
    let temporary = "\(path).\(UUID().uuidString.prefix(8))\(FileTools.temporarySuffix)"
    defer { FileTools.remove(temporary) }
    call.progress(0.01, "copying \(expected / 1_048_576) MiB")
    try translated { try database.run("VACUUM INTO ?1", [.text(temporary)]) }
    call.progress(0.9, "writing to the disk")
    try FileTools.sync(temporary)
    try cancellation.check()
    try FileTools.moveWithoutReplacing(temporary, to: path)
    FileTools.syncDirectory(directory(of: path))
    return [
      "path": .string(path), "bytes": .integer(FileFacts(path: path)?.bytes ?? 0),
      "seconds": .number(Double(MonotonicClock.now - begun) / 1e9),
    ]
  }

  /// A name goes into the directory of snapshots; a path is taken as it is.
  private static func target(_ path: String?, data: String) throws -> String {
    let folder = data + "/snapshots"
    let path = path ?? unusedName(in: folder)
    guard !path.isEmpty, path != ".", path != "..", !path.contains("\0") else {
      throw PluginFailure(
        "'\(path)' is no name for a snapshot; give a file's name or an absolute path", code: "path_invalid", status: .invalid)
    }
    guard path.contains("/") else {
      try FileTools.makeDirectory(folder)
      return try unused("\(folder)/\(path)")
    }
    guard path.hasPrefix("/") else {
      throw PluginFailure(
        "the path '\(path)' is relative, and the host's directory is not yours; give an absolute path, or a name alone for the directory "
          + "of snapshots", code: "path_relative", status: .invalid)
    }
    guard FileFacts(path: directory(of: path))?.isDirectory == true else {
      throw PluginFailure("cannot write '\(path)': there is no directory '\(directory(of: path))'; make it first", status: .invalid)
    }
    return try unused(path)
  }

  private static func unused(_ path: String) throws -> String {
    guard FileFacts(path: path) == nil else {
      throw PluginFailure("cannot write '\(path)': it exists; name another file, or move it away", code: "file_exists", status: .invalid)
    }
    return path
  }

  private static func directory(of path: String) -> String {
    let directory = path[..<(path.lastIndex(of: "/") ?? path.startIndex)]
    return directory.isEmpty ? "/" : String(directory)
  }

  /// Year to millisecond, in UTC; with a number behind it when that one has a snapshot already.
  private static func unusedName(in folder: String) -> String {
    let stem = "jackfield-" + Date.ISO8601FormatStyle(includingFractionalSeconds: true).format(Date()).filter { $0.isNumber || $0 == "T" }
    var name = stem
    var number = 2
    while FileFacts(path: "\(folder)/\(name).sqlite") != nil {
      name = "\(stem)-\(number)"
      number += 1
    }
    return name + ".sqlite"
  }

  private static func translated(_ body: () throws -> Int) throws {
    do {
      _ = try body()
    } catch let error as SQLiteError {
      guard error.code != .interrupted else { throw CancellationError() }
      throw PluginFailure("cannot copy the database: \(error.message)", retryable: error.isTransient)
    }
  }
}
