// SPDX-License-Identifier: Apache-2.0

internal import CWebSockets

/// The library's way back: finds the connection by the number it was given and lets it act.
///
/// A number that is not known any more belongs to a connection that was given up: it is closed at the next occasion.
func webCallback(
  _ handle: OpaquePointer?, _ reason: lws_callback_reasons, _ user: UnsafeMutableRawPointer?, _ bytes: UnsafeMutableRawPointer?,
  _ length: Int
) -> Int32 {
  guard let isLive = reason.concernsLiveConnection, let handle = unsafe handle else { return 0 }
  let number = UInt(bitPattern: unsafe lws_get_opaque_user_data(handle))
  guard number != 0, let box = unsafe lws_context_user(lws_get_context(handle)),
    let core = unsafe Unmanaged<WebLoopBox>.fromOpaque(box).takeUnretainedValue().core
  else { return 0 }
  guard let connection = core.connection(number) else { return isLive ? -1 : 0 }
  return connection.handle(unsafe WebOccasion(core: core, handle: handle, reason: reason, bytes: bytes, length: length))
}

/// Leads from the library's context back to the loop.
final class WebLoopBox {
  weak var core: WebLoopCore?
}

/// One call of the library.
@safe struct WebOccasion {
  let core: WebLoopCore
  /// The library's connection; gone after the last call about it.
  let handle: OpaquePointer
  let reason: lws_callback_reasons
  /// Lent for the call.
  let bytes: UnsafeMutableRawPointer?
  let length: Int

  /// What came, as bytes.
  var received: UnsafeRawBufferPointer { unsafe UnsafeRawBufferPointer(start: bytes, count: bytes == nil ? 0 : length) }
}

extension lws_callback_reasons {
  /// Nil: this call is none of ours. Else whether the connection can still be ended by the answer.
  fileprivate var concernsLiveConnection: Bool? {
    switch self {
    case LWS_CALLBACK_CLIENT_APPEND_HANDSHAKE_HEADER, LWS_CALLBACK_CLIENT_HTTP_WRITEABLE, LWS_CALLBACK_ESTABLISHED_CLIENT_HTTP,
      LWS_CALLBACK_RECEIVE_CLIENT_HTTP, LWS_CALLBACK_RECEIVE_CLIENT_HTTP_READ, LWS_CALLBACK_COMPLETED_CLIENT_HTTP,
      LWS_CALLBACK_CLIENT_FILTER_PRE_ESTABLISH, LWS_CALLBACK_CLIENT_ESTABLISHED, LWS_CALLBACK_CLIENT_WRITEABLE,
      LWS_CALLBACK_CLIENT_CONFIRM_EXTENSION_SUPPORTED:
      true
    case LWS_CALLBACK_CLIENT_CONNECTION_ERROR, LWS_CALLBACK_CLOSED_CLIENT_HTTP, LWS_CALLBACK_CLIENT_CLOSED, LWS_CALLBACK_CLIENT_RECEIVE,
      LWS_CALLBACK_WS_PEER_INITIATED_CLOSE, LWS_CALLBACK_WSI_DESTROY:
      false
    default: nil
    }
  }
}
