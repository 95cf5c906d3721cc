// SPDX-License-Identifier: Apache-2.0

internal import CArchive

/// Writes one archive, entry by entry, without ever holding a whole one. Not for two threads at once.
///
/// What is not closed is left unfinished: the owner of the file removes it.
@safe
public final class ArchiveWriter {
  /// The file that is written.
  public let path: String
  private let handle: OpaquePointer
  private let entry: OpaquePointer

  /// Begins an archive; a file of that name is overwritten.
  public init(path: String, format: ArchiveFormat) throws(ArchiveError) {
    guard let handle = unsafe archive_write_new() else {
      throw ArchiveError(operation: "make the archive", path: path, message: "out of memory")
    }
    guard let entry = unsafe archive_entry_new() else {
      unsafe archive_write_free(handle)
      throw ArchiveError(operation: "make the archive", path: path, message: "out of memory")
    }
    self.path = path
    unsafe self.handle = handle
    unsafe self.entry = entry
    switch format {
    case .zip:
      try check(unsafe archive_write_set_format_zip(handle), "make the archive")
      // Checkpoints hardly shrink: the quick level costs a tenth of the time of the usual one.
      try check(unsafe archive_write_set_format_option(handle, "zip", "compression-level", "1"), "make the archive")
    case .tarZstandard:
      try check(unsafe archive_write_set_format_pax_restricted(handle), "make the archive")
      try check(unsafe archive_write_add_filter_zstd(handle), "make the archive")
    }
    try check(unsafe archive_write_open_filename(handle, path), "make the archive")
  }

  deinit {
    // Not closed means given up: the library must not try to complete the file.
    unsafe archive_write_fail(handle)
    unsafe archive_entry_free(entry)
    unsafe archive_write_free(handle)
  }

  /// Begins a file.
  ///
  /// - Parameters:
  ///   - name: Relative, in ASCII, so that every tool on every system reads it alike.
  ///   - size: Exactly as many bytes must follow.
  ///   - modified: Unix seconds.
  public func beginFile(_ name: String, size: Int64, modified: Int64) throws(ArchiveError) {
    guard name.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7f }), !name.isEmpty else {
      throw ArchiveError(operation: "add '\(name)' to", path: path, message: "the name is not of printable ASCII")
    }
    unsafe archive_entry_clear(entry)
    unsafe archive_entry_set_pathname(entry, name)
    unsafe archive_entry_set_size(entry, size)
    unsafe jf_archive_make_file(entry)
    unsafe archive_entry_set_perm(entry, 0o644)
    unsafe archive_entry_set_mtime(entry, Int(modified), 0)
    try check(unsafe archive_write_header(handle, entry), "add '\(name)' to")
  }

  /// Appends the first `count` bytes to the file begun last.
  public func write(_ bytes: [UInt8], count: Int) throws(ArchiveError) {
    precondition(count <= bytes.count, "more bytes than there are")
    var done = 0
    while done < count {
      let written = unsafe bytes.withUnsafeBytes { all in
        let rest = unsafe UnsafeRawBufferPointer(rebasing: all[done..<count])
        return unsafe archive_write_data(handle, rest.baseAddress, rest.count)
      }
      guard written > 0 else { throw unsafe ArchiveError("write", path, of: handle) }
      done += written
    }
  }

  /// Completes the archive. Nothing may follow.
  public func close() throws(ArchiveError) {
    try check(unsafe archive_write_finish_entry(handle), "complete")
    try check(unsafe archive_write_close(handle), "complete")
  }

  private func check(_ result: Int32, _ operation: String) throws(ArchiveError) {
    guard result != ARCHIVE_OK else { return }
    throw unsafe ArchiveError(operation, path, of: handle)
  }
}
