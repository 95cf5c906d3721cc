// SPDX-License-Identifier: Apache-2.0

internal import CWebSockets

/// The version of the library in use.
public enum WebSocketsVersion {
  /// As the library names itself.
  public static var text: String { unsafe String(cString: lws_get_library_version()) }
}
