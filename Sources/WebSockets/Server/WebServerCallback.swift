// SPDX-License-Identifier: Apache-2.0

internal import CWebSockets

/// Leads from the library's context back to the server.
final class WebServerBox {
  weak var core: WebServerCore?
}

/// The library's way back: finds the connection by the number it was given and lets it act.
func webServerCallback(
  _ handle: OpaquePointer?, _ reason: lws_callback_reasons, _ user: UnsafeMutableRawPointer?, _ bytes: UnsafeMutableRawPointer?,
  _ length: Int
) -> Int32 {
  guard let handle = unsafe handle else { return 0 }
  let number = UInt(bitPattern: unsafe lws_get_opaque_user_data(handle))
  guard number != 0, let box = unsafe lws_context_user(lws_get_context(handle)),
    let core = unsafe Unmanaged<WebServerBox>.fromOpaque(box).takeUnretainedValue().core
  else { return 0 }
  switch reason {
  case LWS_CALLBACK_RAW_RX_FILE:
    core.accept()
    return 0
  case LWS_CALLBACK_RAW_RX:
    guard let connection = core.connection(number) else { return -1 }
    connection.received(unsafe Array(UnsafeRawBufferPointer(start: bytes, count: bytes == nil ? 0 : length)))
    return 0
  case LWS_CALLBACK_RAW_WRITEABLE:
    guard let connection = core.connection(number) else { return -1 }
    connection.flush()
    return 0
  case LWS_CALLBACK_RAW_CLOSE:
    core.connection(number)?.isGone()
    // The library also closes before it waits, not only after it.
    core.queue.beforeWaiting()
    return 0
  case LWS_CALLBACK_WSI_DESTROY:
    core.socketIsClosed(number)
    core.queue.beforeWaiting()
    return 0
  default: return 0
  }
}
