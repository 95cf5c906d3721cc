// SPDX-License-Identifier: Apache-2.0

internal import CArchive

/// Reads an archive from its beginning, entry by entry: zip, or tar that is plain or in Zstandard or gzip. Writes nothing to disk.
/// Not for two threads at once.
@safe
public final class ArchiveReader {
  /// The file that is read.
  public let path: String
  private let handle: OpaquePointer

  /// Opens an archive.
  public init(path: String) throws(ArchiveError) {
    guard let handle = unsafe archive_read_new() else {
      throw ArchiveError(operation: "read the archive", path: path, message: "out of memory")
    }
    self.path = path
    unsafe self.handle = handle
    // Only what bundles come in: every further format would be further code for hostile bytes to reach.
    try check(unsafe archive_read_support_filter_zstd(handle), "read the archive")
    try check(unsafe archive_read_support_filter_gzip(handle), "read the archive")
    try check(unsafe archive_read_support_format_zip_seekable(handle), "read the archive")
    try check(unsafe archive_read_support_format_tar(handle), "read the archive")
    try check(unsafe archive_read_open_filename(handle, path, 1 << 16), "read the archive")
  }

  deinit {
    unsafe archive_read_free(handle)
  }

  /// Goes to the next entry; nil at the end. The content of the entry before is passed over.
  public func next() throws(ArchiveError) -> ArchiveEntry? {
    var entry: OpaquePointer?
    var name: UnsafePointer<CChar>?
    let result = unsafe jf_archive_next(handle, &entry, &name)
    if result == ARCHIVE_EOF { return nil }
    // A warning is about a name that is no text, or an odd field: the entry is there, and its name is judged by whoever asks.
    guard result == ARCHIVE_OK || result == ARCHIVE_WARN, let entry = unsafe entry else {
      throw unsafe ArchiveError("read the archive", path, of: handle)
    }
    return unsafe ArchiveEntry(
      name: name.flatMap { unsafe String(validatingCString: $0) }, kind: kind(of: entry),
      size: archive_entry_size_is_set(entry) != 0 ? archive_entry_size(entry) : nil,
      isEncrypted: archive_entry_is_data_encrypted(entry) != 0)
  }

  /// Reads on in the entry's content.
  ///
  /// - Returns: How many bytes were put at the beginning of `buffer`; 0 at the end of the content.
  public func read(into buffer: inout [UInt8]) throws(ArchiveError) -> Int {
    let count = unsafe buffer.withUnsafeMutableBytes { unsafe archive_read_data(handle, $0.baseAddress, $0.count) }
    guard count >= 0 else { throw unsafe ArchiveError("read the archive", path, of: handle) }
    return count
  }

  /// How many bytes of the file were read so far.
  public var bytesRead: Int64 { unsafe archive_filter_bytes(handle, -1) }

  /// How many bytes came out of its compression so far; for zip the same as `bytesRead`.
  public var bytesUnpacked: Int64 { unsafe archive_filter_bytes(handle, 0) }

  private func kind(of entry: OpaquePointer) -> ArchiveEntry.Kind {
    if unsafe archive_entry_hardlink_utf8(entry) != nil || archive_entry_hardlink(entry) != nil { return .hardLink }
    if unsafe jf_archive_is_symbolic_link(entry) != 0 { return .symbolicLink }
    if unsafe jf_archive_is_directory(entry) != 0 { return .directory }
    return unsafe jf_archive_is_file(entry) != 0 ? .file : .special
  }

  private func check(_ result: Int32, _ operation: String) throws(ArchiveError) {
    guard result != ARCHIVE_OK else { return }
    throw unsafe ArchiveError(operation, path, of: handle)
  }
}
