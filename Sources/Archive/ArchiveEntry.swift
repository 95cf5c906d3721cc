// SPDX-License-Identifier: Apache-2.0

/// One entry of an archive, as the archive tells it; nothing in it is to be trusted.
public struct ArchiveEntry: Sendable, Hashable {
  /// What an entry stands for.
  public enum Kind: String, Sendable, Hashable {
    /// A plain file.
    case file
    /// A directory.
    case directory
    /// A symbolic link.
    case symbolicLink = "symbolic link"
    /// Another name of an entry before it.
    case hardLink = "hard link"
    /// A device, a pipe or a socket.
    case special = "special file"
  }

  /// The name, up to its first NUL; nil when it is missing or no text.
  public let name: String?
  /// What it stands for.
  public let kind: Kind
  /// In bytes; nil when the archive tells it only behind the content.
  public let size: Int64?
  /// Whether its content cannot be read without a password.
  public let isEncrypted: Bool

  /// Describes an entry.
  public init(name: String?, kind: Kind, size: Int64?, isEncrypted: Bool = false) {
    self.name = name
    self.kind = kind
    self.size = size
    self.isEncrypted = isEncrypted
  }
}
