// SPDX-License-Identifier: Apache-2.0
import PluginAPI

/// The directories of an instance as C text that stays valid until the instance is destroyed.
@safe final class LentPaths: Sendable {
  // Written in init, only read afterwards, freed in deinit.
  private nonisolated(unsafe) let texts: [UInt32: jf_text]

  init(_ directories: InstanceDirectories) {
    unsafe texts = [
      UInt32(JF_PATH_DATA): Self.copy(directories.data),
      UInt32(JF_PATH_STATE): Self.copy(directories.state),
      UInt32(JF_PATH_RUNTIME): Self.copy(directories.runtime),
      UInt32(JF_PATH_LIBRARY): Self.copy(directories.library),
    ]
  }

  deinit {
    unsafe texts.values.forEach { lent in unsafe lent.data?.deallocate() }
  }

  func text(_ kind: UInt32) -> jf_text? { unsafe texts[kind] }

  private static func copy(_ path: String) -> jf_text {
    let bytes = path.utf8CString
    let memory = UnsafeMutablePointer<CChar>.allocate(capacity: bytes.count)
    for (index, byte) in bytes.enumerated() { unsafe memory[index] = byte }
    return unsafe jf_text(data: UnsafePointer(memory), length: UInt64(bytes.count - 1))
  }
}
