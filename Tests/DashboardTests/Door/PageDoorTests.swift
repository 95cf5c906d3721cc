// SPDX-License-Identifier: Apache-2.0

import FoundationEssentials
import Glibc
import JSON
import Testing

@testable import Dashboard

/// Who may ask for what, over real sockets.
@Suite(.timeLimit(.minutes(5)), .onPageThread) struct PageDoorTests {
  // MARK: - What everybody sees

  @Test func withoutACookieThereAreWords() throws {
    let open = try OpenDoor()
    for path in ["/", "/runs/a", "/panels", "/api", "/nothing.js"] where path != "/api" {
      let answer = try open.client().ask("GET \(path)")
      #expect(answer.status == 401 && answer.body.contains("<code>jackfield dashboard</code>"), "\(path)")
    }
    for path in ["/api", "/api/session", "/api/events?page=a", "/api/x"] {
      let answer = try open.client().ask("GET \(path)")
      #expect(answer.status == 401 && answer.json?["error"]?["status"] == "signed_out", "\(path)")
    }
  }

  @Test func everyAnswerHasThePolicies() throws {
    let open = try OpenDoor { $0.limits.bodyBytes = 100 }
    let client = try open.client()
    let cookie = try open.cookie()
    let hash = open.parts.files.hash
    let answers = [
      try client.ask("GET /"), try client.ask("GET /", cookie: cookie), try client.ask("GET /open"), try client.ask("GET /api/session"),
      try client.ask("GET /assets/\(hash)/app.js"), try client.ask("GET /assets/old/app.js"), try client.ask("DELETE /"),
      try client.post("/api/call/x", cookie: cookie), try open.client().ask("GET /", ["Host: evil.example"]),
      try open.client().post("/api/call/x", String(repeating: " ", count: 200), cookie: cookie),
    ]
    for answer in answers {
      #expect(answer.headers["x-content-type-options"] == "nosniff")
      #expect(answer.headers["x-frame-options"] == "DENY")
      #expect(answer.headers["referrer-policy"] == "no-referrer")
      #expect(answer.headers["cross-origin-opener-policy"] == "same-origin")
      #expect(answer.headers["cross-origin-resource-policy"] == "same-origin")
      #expect(answer.headers["permissions-policy"]?.contains("camera=()") == true)
      #expect(answer.headers["content-security-policy"]?.contains("frame-ancestors 'none'") == true)
      #expect(answer.headers["content-security-policy"]?.hasPrefix("default-src 'none'") == true)
    }
    #expect(answers.map(\.status) == [401, 200, 401, 401, 200, 404, 405, 200, 403, 413])
  }

  @Test func thePageRunsNothingButItsFiles() throws {
    let open = try OpenDoor()
    let answer = try open.client().ask("GET /runs", cookie: open.cookie())
    #expect(
      answer.headers["content-security-policy"] == """
        default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; font-src 'self'; connect-src 'self'; \
        worker-src 'self'; frame-src 'self'; manifest-src 'self'; base-uri 'self'; form-action 'self'; frame-ancestors 'none'; \
        require-trusted-types-for 'script'; trusted-types jackfield-hub
        """)
    #expect(answer.headers["cache-control"] == "no-store")
  }

  // MARK: - Files

  @Test func filesStandUnderTheirHash() throws {
    let open = try OpenDoor()
    let client = try open.client()
    let hash = open.parts.files.hash
    let script = try client.ask("GET /assets/\(hash)/core/api.js")
    #expect(script.status == 200 && script.headers["content-type"] == "text/javascript; charset=utf-8")
    #expect(script.headers["cache-control"] == "public, max-age=31536000, immutable")
    #expect(script.body == String(decoding: try #require(open.parts.files["core/api.js"]).body, as: UTF8.self))
    #expect(try client.ask("HEAD /assets/\(hash)/icon.svg").headers["content-type"] == "image/svg+xml")
    for path in ["0123456789abcdef/core/api.js", "\(hash)/core", "\(hash)/", hash, "", "\(hash)/core/none.js"] {
      #expect(try client.ask("GET /assets/\(path)").status == 404, "\(path)")
    }
  }

  @Test(arguments: [
    "/assets/HASH/../../../etc/passwd", "/assets/HASH/%2e%2e/%2e%2e/plugin.json", "/assets/HASH/..%2f..%2fplugin.json",
    "/assets/HASH//etc/passwd", "/assets/HASH/core/..%5c..%5cx", "/frames/../index.html", "/frames/%2e%2e/app.js",
    "/assets/HASH/app.js%00.css",
    "/../../etc/passwd",
  ])
  func nobodyLeavesTheFolder(path: String) throws {
    let open = try OpenDoor()
    let answer = try open.client().ask("GET \(path.replacing("HASH", with: open.parts.files.hash))", cookie: open.cookie())
    #expect([400, 404].contains(answer.status) && !answer.body.contains("root:"))
  }

  @Test func anotherPageHasAnotherHash() throws {
    let one = WebFile(type: "text/html", body: [1])
    let hashes = try [
      ["index.html": one], ["index.html": WebFile(type: "text/html", body: [2])], ["index.html": one, "a": one],
      ["index.html": one, "b": one],
    ].map { try WebFiles($0).hash }
    #expect(Set(hashes).count == 4 && hashes.allSatisfy { $0.utf8.count == 16 })
    #expect(try WebFiles(["index.html": one]).hash == hashes[0])
  }

  @Test func onlyFilesOfThePageAreRead() throws {
    let folder = FileManager.default.temporaryDirectory.appending(path: "jackfield-\(UUID().uuidString)").path()
    defer { try? FileManager.default.removeItem(atPath: folder) }
    try FileManager.default.createDirectory(atPath: folder + "/a/b", withIntermediateDirectories: true)
    for name in ["index.html", "a/b/c.js", ".hidden.js", "a/notes", "key.pem"] {
      try Data("x".utf8).write(to: URL(filePath: "\(folder)/\(name)"))
    }
    try FileManager.default.createSymbolicLink(atPath: folder + "/link.txt", withDestinationPath: "/etc/passwd")
    try FileManager.default.createSymbolicLink(atPath: folder + "/a/up", withDestinationPath: folder)
    #expect(try WebFiles(folder: folder).files.keys.sorted() == ["a/b/c.js", "index.html"])
    #expect { try WebFiles(folder: folder + "/none") } throws: { "\($0)".hasPrefix("cannot serve the page: its files are not beside") }
  }

  @Test func framesAreNobodys() throws {
    let page = try WebFiles([
      "index.html": WebFile(type: "text/html", body: []),
      "frames/output.html": WebFile(type: "text/html; charset=utf-8", body: Array("{{base}} {{assets}}".utf8)),
      "frames/output.js": WebFile(type: "text/javascript", body: Array("1".utf8)),
    ])
    let open = try OpenDoor({ $0.basePath = BasePath("/jf") }, files: page)
    let client = try open.client()
    let still = try client.ask("GET /jf/frames/output.html")
    #expect(still.body == "/jf/ /jf/assets/\(page.hash)/")
    let policy = try #require(still.headers["content-security-policy"])
    #expect(policy.hasPrefix("sandbox allow-scripts; default-src 'none'; script-src 'self' http://127.0.0.1:\(open.port) "))
    #expect(policy.contains("frame-ancestors 'self'") && !policy.contains("connect-src") && !policy.contains("unsafe-eval"))
    #expect(still.headers["x-frame-options"] == "SAMEORIGIN" && still.headers["cross-origin-resource-policy"] == "cross-origin")
    #expect(try client.ask("GET /jf/frames/output.html?scripts").headers["content-security-policy"]?.contains("'unsafe-eval'") == true)
    #expect(try client.ask("GET /jf/frames/output.js").body == "1")
    #expect(try client.ask("GET /jf/frames/index.html").status == 404)
  }

  // MARK: - Hosts, origins, forgeries

  @Test(arguments: [
    (["Host: evil.example"], 403), (["Host: 127.0.0.1:1"], 403), (["Host: 127.0.0.1.evil.example:PORT"], 403),
    (["Host: localhost:PORT"], 401),
    (["Host: [::1]:PORT"], 401), (["Host: BOX.example"], 401), (["Host: box.example:PORT"], 403),
    (["Origin: http://evil.example"], 403), (["Origin: null"], 403), (["Origin: http://127.0.0.1:1"], 403), (["Origin: http://HERE"], 401),
    (["Origin: https://front.example"], 401), (["Origin: https://HERE", "Origin: http://evil.example"], 403),
  ])
  func foreignHostsAndOrigins(headers: [String], status: Int) throws {
    let open = try OpenDoor {
      $0.hosts = ["box.example"]
      $0.origins = ["https://front.example"]
    }
    let client = try open.client()
    let sent = headers.map { $0.replacing("HERE", with: client.host).replacing("PORT", with: String(open.port)) }
    #expect(try client.ask("GET /", sent).status == status)
  }

  @Test(arguments: [
    ("X-Jackfield", []), ("Content-Type", []), ("Content-Type", ["Content-Type: text/plain"]),
    ("Content-Type", ["Content-Type: application/x-www-form-urlencoded"]), ("X-Jackfield", ["X-Jackfield: 0"]),
    ("none", ["Sec-Fetch-Site: cross-site"]), ("none", ["Sec-Fetch-Site: same-site"]),
  ])
  func aPostWithoutTheMarksIsAForgery(mark: String, headers: [String]) throws {
    let open = try OpenDoor()
    let client = try open.client()
    let cookie = try open.cookie()
    let answer = try client.post("/api/call/runs.delete", cookie: cookie, without: mark, headers)
    #expect(answer.status == 403 && answer.json?["error"]?["status"] == "denied")
    for path in ["/api/session/end", "/api/session/link"] {
      #expect(try client.post(path, cookie: cookie, without: mark, headers).status == 403)
    }
    #expect(try client.post("/api/call/runs.delete", cookie: cookie, ["Sec-Fetch-Site: same-origin"]).status == 200)
    #expect(
      try client.post("/api/call/x", cookie: cookie, without: "Content-Type", ["Content-Type: application/json; charset=utf-8"]).status
        == 200)
  }

  @Test func noOtherPageListens() throws {
    let open = try OpenDoor()
    let client = try open.client()
    let cookie = try open.cookie()
    for (site, status) in [("cross-site", 401), ("same-site", 401), ("same-origin", 200), ("none", 200)] {
      #expect(
        try client.ask("GET /api/events?page=a", ["Sec-Fetch-Site: \(site)", "Sec-Fetch-Mode: cors"], cookie: cookie).status == status)
    }
  }

  @Test func aLinkOfAnotherSiteBecomesOurs() throws {
    let open = try OpenDoor()
    let headers = ["Sec-Fetch-Site: cross-site", "Sec-Fetch-Mode: navigate"]
    let answer = try open.client().ask("GET /runs/a?tab=logs", headers)
    #expect(answer.status == 200 && answer.body.contains("0;url=/runs/a?tab=logs\""))
    #expect(try open.client().ask("GET //evil.example/", headers).status == 401, "and leads nowhere else")
  }

  @Test func methodsAreThoseOfTheRoute() throws {
    let open = try OpenDoor()
    let client = try open.client()
    let cookie = try open.cookie()
    let got = try client.ask("GET /api/call/runs.list", cookie: cookie)
    #expect(got.status == 405 && got.headers["allow"] == "POST")
    let posted = try client.post("/api/session", cookie: cookie)
    #expect(posted.status == 405 && posted.headers["allow"] == "GET, HEAD")
    #expect(try client.ask("OPTIONS /api/call/runs.list", cookie: cookie).status == 405)
    #expect(try client.post("/", cookie: cookie).status == 405)
  }

  // MARK: - Places

  @Test func belowABasePath() throws {
    let open = try OpenDoor { $0.basePath = BasePath("lab/jackfield") }
    let client = try open.client()
    let cookie = try open.cookie()
    let given = try client.ask("GET /lab/jackfield/open?code=\(open.code())&next=runs")
    #expect(given.headers["set-cookie"]?.contains("; Path=/lab/jackfield/; ") == true && given.body.contains("url=/lab/jackfield/runs\""))
    let page = try client.ask("GET /lab/jackfield/runs", cookie: cookie)
    #expect(page.body.contains("<base href=\"/lab/jackfield/\">"))
    let moved = try client.ask("GET /lab/jackfield")
    #expect(moved.status == 308 && moved.headers["location"] == "/lab/jackfield/")
    for path in ["/", "/lab", "/lab/jackfieldx/", "/api/session", "/LAB/JACKFIELD/"] {
      #expect(try client.ask("GET \(path)", cookie: cookie).status == 404, "\(path)")
    }
    #expect(try client.post("/lab/jackfield/api/call/x", cookie: cookie).status == 200)
  }

  @Test(arguments: [
    ("/frames/output.js", 200), ("/panels/t/plugin/panel/a.js", 200), ("/", 403), ("/panels/view", 403), ("/open", 403),
    ("/api/session", 403),
    ("/assets/x/app.js", 403), ("/nothing", 403),
  ])
  func framesOfNobodyReachOnlyWhatIsTheirs(path: String, status: Int) throws {
    let open = try OpenDoor()
    let cookie = try open.cookie()
    #expect(try open.client().ask("GET \(path)", ["Origin: null"], cookie: cookie).status == status)
    #expect(try open.client().post("/api/call/x", cookie: cookie, without: "Origin", ["Origin: null"]).status == 403)
  }

  @Test func panelsAreOpenAndTheirViewIsThePage() throws {
    let open = try OpenDoor()
    #expect(
      try open.client().ask("GET /panels/t/plugin/panel/a.js").json == [
        "path": ["t", "plugin", "panel", "a.js"], "read_only": true, "size": 0,
      ])
    #expect(try open.client().ask("GET /panels/view", cookie: open.cookie()).body.contains("<base"))
  }

  @Test func onAUnixSocket() async throws {
    let path = FileManager.default.temporaryDirectory.appending(path: "jackfield-\(UUID().uuidString.prefix(8)).sock").path()
    let open = try OpenDoor {
      $0.socket = path
      $0.hosts = ["box.example"]
    }
    #expect(open.door.place == .socket(path))
    var status = stat()
    #expect(stat(path, &status) == 0 && status.st_mode & 0o777 == 0o600)
    let cookie = try open.cookie(BareBrowser(socket: path))
    #expect(try BareBrowser(socket: path).ask("GET /", ["Host: box.example"], cookie: cookie).status == 200)
    #expect(try BareBrowser(socket: path).ask("GET /", ["Host: 127.0.0.1:80"], cookie: cookie).status == 200)
    for host in ["evil.example", "localhost.evil.example", "localhost:x", "localhost:80.evil.example"] {
      #expect(try BareBrowser(socket: path).ask("GET /", ["Host: \(host)"], cookie: cookie).status == 403, "\(host)")
    }
    await open.door.stop()
    #expect(stat(path, &status) != 0)
  }

  @Test func aTakenPortIsNoEnd() async throws {
    let first = try OpenDoor()
    let second = try OpenDoor { $0.port = first.port }
    #expect(second.port != first.port && second.door.place == .port(second.port, wanted: first.port))
    let last = second.port
    await second.door.stop()
    // The next one comes back to where pages look for it.
    let third = try OpenDoor({ $0.port = first.port }, second: last)
    #expect(third.port == last)
    #expect(try third.client().ask("GET /").status == 401)
    #expect(try first.client().ask("GET /").status == 401)
  }

  // MARK: - Limits

  @Test func aHugeBodyIsRefused() throws {
    let open = try OpenDoor { $0.limits.bodyBytes = 10_000 }
    let cookie = try open.cookie()
    #expect(try open.client().post("/api/call/x", String(repeating: " ", count: 10_000), cookie: cookie).status == 200)
    let client = try open.client()
    try client.send("POST /api/call/x HTTP/1.1\r\nHost: \(client.host)\r\nContent-Length: 99999999999\r\n\r\n")
    #expect(try client.answer().status == 413)
    #expect(try open.client().ask("GET /\(String(repeating: "a", count: 20_000))").status == 431)
  }

  @Test func aSlowClientIsCutOff() throws {
    let open = try OpenDoor {
      $0.limits.headSeconds = 0.3
      $0.limits.bodySeconds = 0.3
    }
    let (head, body, silent) = (try open.client(), try open.client(), try open.client())
    try head.send("GET / HTTP/1.1\r\nHost:")
    try body.send("POST /api/call/x HTTP/1.1\r\nHost: \(body.host)\r\nContent-Length: 9\r\n\r\n{")
    #expect(try head.answer().status == 408 && body.answer().status == 408)
    #expect(silent.end() == .ended)
    #expect(try open.client().ask("GET /").status == 401, "and all others go on")
  }

  @Test func fiveHundredConnections() async throws {
    let open = try OpenDoor()
    let cookie = try open.cookie()
    let clients = try (0..<500).map { _ in try open.client() }
    for client in clients { try client.send("GET /api/session HTTP/1.1\r\nHost: \(client.host)\r\nCookie: \(cookie)\r\n\r\n") }
    for client in clients { #expect(try client.answer().status == 200) }
    #expect(await open.door.connectionCount() >= 500)
    var others: [BareBrowser] = []
    for _ in 0..<20 { others.append(try open.client()) }
    let last = try #require(others.last)
    #expect(try last.answer().status == 503, "over the limit of 512")
    for client in clients { try client.send("GET /api/session HTTP/1.1\r\nHost: \(client.host)\r\nCookie: \(cookie)\r\n\r\n") }
    for client in clients { #expect(try client.answer().status == 200) }
  }
}
