// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import WebSockets

@Suite struct WebAddressTests {
  @Test func takesApart() throws {
    let address = try WebAddress("https://example.org/user/a%20b/?token=secret#x")
    #expect(address.isSecure && address.host == "example.org" && address.port == 443)
    #expect(address.path == "/user/a%20b/" && address.query == "token=secret")
    #expect(address.description == "https://example.org:443/user/a%20b/")
    #expect(address.hostHeader == "example.org")
    #expect(address.appending("api/kernels").target == "/user/a%20b/api/kernels")
  }

  @Test func ipv6InBrackets() throws {
    let address = try WebAddress("ws://[::1]:8888")
    #expect(address.host == "::1" && address.port == 8_888 && address.path == "/")
    #expect(address.hostHeader == "[::1]:8888")
  }

  @Test(arguments: [
    "", "localhost:8888", "ftp://a/", "http://", "http:///api", "http://a:0/", "http://a:65536/", "http://a:x/", "http://user@a/",
    "http://a/b c",
    "http://a/\r\nX: y", "http://[::1/", "http://a:8888:9/", "http://a/\u{e9}",
  ]) func refuses(text: String) {
    #expect(throws: WebError.self) { try WebAddress(text) }
  }

  @Test func theErrorKeepsTheSecret() {
    #expect(
      throws: WebError(.invalid, "'http://a b/' is no address; it should look like 'http://HOST:PORT/PATH', with other characters escaped")
    ) { try WebAddress("http://a b/?token=secret") }
  }

  @Test func escapes() { #expect(WebAddress.escaped("a/b ü?") == "a%2Fb%20%C3%BC%3F") }
}
