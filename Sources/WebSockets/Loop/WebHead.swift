// SPDX-License-Identifier: Apache-2.0

internal import CWebSockets

/// The headers of an answer, those with names the library knows.
func readHeaders(_ handle: OpaquePointer) -> [WebHeader] {
  var headers: [WebHeader] = []
  for raw in 0..<WSI_TOKEN_COUNT.rawValue {
    let token = lws_token_indexes(rawValue: raw)
    guard let name = unsafe lws_token_to_string(token), let value = unsafe readHeader(token, handle) else { continue }
    let text = unsafe String(cString: UnsafeRawPointer(name).assumingMemoryBound(to: CChar.self))
    guard text.hasSuffix(":") else { continue }
    headers.append(WebHeader(String(text.dropLast()), value))
  }
  return headers
}

/// One header of an answer; nil without it.
func readHeader(_ token: lws_token_indexes, _ handle: OpaquePointer) -> String? {
  let length = Int(unsafe lws_hdr_total_length(handle, token))
  guard length > 0, length < 64 << 10 else { return nil }
  return unsafe withUnsafeTemporaryAllocation(of: CChar.self, capacity: length + 1) { room in
    let copied = unsafe lws_hdr_copy(handle, room.baseAddress, Int32(length + 1), token)
    guard copied >= 0 else { return nil }
    return unsafe String(decoding: UnsafeRawBufferPointer(start: room.baseAddress, count: Int(copied)), as: UTF8.self)
  }
}
