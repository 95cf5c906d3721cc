// SPDX-License-Identifier: Apache-2.0

internal import Glibc

/// Turns names into numeric addresses. The library would do it on its own thread, and a slow name server would stop all connections.
enum WebResolver {
  /// - Returns: Numeric addresses, the system's favourite first, at most eight.
  static func addresses(of host: String, attempt: String) async throws(WebError) -> [String] {
    if let known = found(host, AI_NUMERICHOST).addresses { return known }
    let (addresses, reason) = await onThread(host)
    if let addresses { return addresses }
    throw WebError(.unreachable, "\(attempt): the name '\(host)' leads nowhere (\(reason)); check the address")
  }

  private static func onThread(_ host: String) async -> (addresses: [String]?, reason: String) {
    await withCheckedContinuation { continuation in
      let thread = WebThread.start(name: "jf-resolve") { continuation.resume(returning: found(host, AI_ADDRCONFIG)) }
      guard let thread else { return continuation.resume(returning: (nil, "the system has no thread to give")) }
      thread.detach()
    }
  }

  private static func found(_ host: String, _ flags: Int32) -> (addresses: [String]?, reason: String) {
    var hints = unsafe addrinfo()
    unsafe hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
    unsafe hints.ai_flags = flags
    var list: UnsafeMutablePointer<addrinfo>?
    let result = unsafe getaddrinfo(host, nil, &hints, &list)
    guard result == 0 else { return (nil, unsafe String(cString: gai_strerror(result))) }
    defer { unsafe freeaddrinfo(list) }
    var addresses: [String] = []
    var next = unsafe list
    while let entry = unsafe next, addresses.count < 8 {
      if let text = unsafe numeric(entry.pointee), !addresses.contains(text) { addresses.append(text) }
      unsafe next = entry.pointee.ai_next
    }
    return addresses.isEmpty ? (nil, "no address") : (addresses, "")
  }

  private static func numeric(_ entry: addrinfo) -> String? {
    unsafe withUnsafeTemporaryAllocation(of: CChar.self, capacity: Int(NI_MAXHOST)) { room in
      guard unsafe getnameinfo(entry.ai_addr, entry.ai_addrlen, room.baseAddress, socklen_t(NI_MAXHOST), nil, 0, NI_NUMERICHOST) == 0,
        let start = room.baseAddress
      else { return nil }
      return unsafe String(cString: start)
    }
  }
}
