// SPDX-License-Identifier: Apache-2.0

internal import CWebSockets

/// Hands one attempt to connect to the library.
@unsafe struct WebConnecting {
  let context: OpaquePointer
  let host: OpaquePointer
  /// Numeric.
  let address: String
  let connection: WebConnection

  /// - Returns: The library's handle; nil when it failed already, mostly after it has told the connection why.
  func begin() -> OpaquePointer? {
    unsafe address.withCString { address in
      unsafe connection.address.target.withCString { target in
        unsafe connection.address.hostHeader.withCString { hostHeader in
          unsafe webProtocolName.withCString { name in
            unsafe withOptional(connection.method) { method in
              unsafe withOptional(connection.offeredProtocols) { offered in
                var information = unsafe lws_client_connect_info()
                unsafe information.context = unsafe context
                unsafe information.vhost = unsafe host
                unsafe information.address = unsafe address
                unsafe information.port = Int32(connection.address.port)
                unsafe information.path = unsafe target
                unsafe information.host = unsafe hostHeader
                unsafe information.ssl_connection = flags
                unsafe information.method = unsafe method
                unsafe information.protocol = unsafe offered
                unsafe information.local_protocol_name = unsafe name
                unsafe information.ietf_version_or_minus_one = -1
                unsafe information.opaque_user_data = unsafe UnsafeMutableRawPointer(bitPattern: connection.number)
                return unsafe "http/1.1".withCString { alpn in
                  unsafe information.alpn = unsafe alpn
                  return unsafe lws_client_connect_via_info(&information)
                }
              }
            }
          }
        }
      }
    }
  }

  private var flags: Int32 {
    var flags = LCCSCF_HTTP_NO_FOLLOW_REDIRECT.rawValue
    guard unsafe connection.address.isSecure else { return Int32(flags) }
    flags |= LCCSCF_USE_SSL.rawValue
    if unsafe connection.trust.believesAnything {
      flags |= LCCSCF_ALLOW_SELFSIGNED.rawValue | LCCSCF_SKIP_SERVER_CERT_HOSTNAME_CHECK.rawValue
      flags |= LCCSCF_ALLOW_EXPIRED.rawValue | LCCSCF_ALLOW_INSECURE.rawValue
    }
    return Int32(flags)
  }

  private func withOptional<Result>(_ text: String?, _ body: (UnsafePointer<CChar>?) -> Result) -> Result {
    guard let text else { return body(nil) }
    return unsafe text.withCString(body)
  }
}
