// SPDX-License-Identifier: Apache-2.0

internal import CWebSockets

/// What the library reads as long as it lives: its protocol, its extension, when silence is answered by a ping.
///
/// The texts in it are never freed: there is one set of them in a process.
@unsafe struct WebTables {
  /// One, and the empty one that ends the list.
  let protocols: UnsafeMutablePointer<lws_protocols>
  let extensions: UnsafeMutablePointer<lws_extension>
  let policy: UnsafeMutablePointer<lws_retry_bo_t>

  init() {
    unsafe protocols = .allocate(capacity: 2)
    unsafe protocols.initialize(repeating: lws_protocols(), count: 2)
    unsafe protocols[0].name = unsafe lasting(webProtocolName)
    unsafe protocols[0].callback = webCallback
    unsafe protocols[0].rx_buffer_size = WebLoopCore.pieceSize
    unsafe protocols[0].tx_packet_size = WebLoopCore.pieceSize
    unsafe extensions = .allocate(capacity: 2)
    unsafe extensions.initialize(repeating: lws_extension(), count: 2)
    unsafe extensions[0].name = unsafe lasting("permessage-deflate")
    unsafe extensions[0].callback = unsafe lws_extension_callback_pm_deflate
    unsafe extensions[0].client_offer = unsafe lasting("permessage-deflate; client_max_window_bits")
    unsafe policy = .allocate(capacity: 1)
    unsafe policy.initialize(to: lws_retry_bo_t())
    unsafe policy.pointee.secs_since_valid_ping = 45
    unsafe policy.pointee.secs_since_valid_hangup = 90
  }

  func free() {
    unsafe protocols.deallocate()
    unsafe extensions.deallocate()
    unsafe policy.deallocate()
  }
}

/// The library's name for what this wrapper does; it never crosses a connection.
let webProtocolName = "jackfield"

private func lasting(_ text: String) -> UnsafePointer<CChar>? { unsafe UnsafePointer(strdup(text)) }
