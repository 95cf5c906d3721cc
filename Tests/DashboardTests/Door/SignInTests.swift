// SPDX-License-Identifier: Apache-2.0

import JSON
import Testing

@testable import Dashboard

/// Codes and cookies over real sockets.
@Suite(.timeLimit(.minutes(5)), .onPageThread) struct SignInTests {
  @Test func aCodeBecomesACookieOnce() throws {
    let open = try OpenDoor()
    let client = try open.client()
    let code = try open.code()
    let first = try client.ask("GET /open?code=\(code)&next=runs%3Ftab%3Dlogs")
    #expect(first.status == 200)
    #expect(first.body.contains(#"<meta http-equiv="refresh" content="0;url=/runs?tab=logs">"#))
    let given = try #require(first.headers["set-cookie"])
    #expect(given.hasPrefix("jackfield-") && given.hasSuffix("; Path=/; Max-Age=2592000; HttpOnly; SameSite=Strict"), "\(given)")
    let page = try client.ask("GET /", cookie: first.cookie)
    #expect(page.status == 200 && page.body.contains("<base href=\"/\">") && page.body.contains("assets/\(open.parts.files.hash)/app.js"))
    let second = try client.ask("GET /open?code=\(code)")
    #expect(second.status == 401 && second.cookie == nil && second.body.contains("<code>jackfield dashboard</code>"))
  }

  @Test(arguments: ["", "?code=", "?code=0", "?code=\(String(repeating: "0", count: 64))", "?code=%ff"])
  func wrongCodesAreRefused(query: String) throws {
    let open = try OpenDoor()
    _ = try open.code()
    let answer = try open.client().ask("GET /open\(query)")
    #expect(answer.status == 401 && answer.cookie == nil)
    #expect(open.parts.sessions.entries.isEmpty)
  }

  @Test func aCodeIsGoodForSomeMinutes() throws {
    let open = try OpenDoor()
    let (early, late) = (try open.code(), try open.code())
    open.clock.turn(.seconds(299))
    #expect(try open.client().ask("GET /open?code=\(early)").status == 200)
    open.clock.turn(.seconds(1))
    #expect(try open.client().ask("GET /open?code=\(late)").status == 401)
  }

  @Test func onlySoManyCodesAreGood() throws {
    let codes = SignInCodes(lifetime: .seconds(60))
    let all = try (0..<65).map { _ in try codes.make(SignInCodes.Grant(isReadOnly: false)) }
    #expect(codes.count == 64 && codes.take(all[0]) == nil && codes.take(all[1]) != nil)
  }

  @Test func manyWrongCodesAreHeldUpAndRightOnesAreNot() throws {
    let open = try OpenDoor()
    let client = try open.client()
    let answers = try (0..<14).map { try client.ask("GET /open?code=\($0)") }
    #expect(answers.prefix(10).allSatisfy { $0.status == 401 })
    #expect(answers.last?.status == 429 && answers.last?.headers["retry-after"] == "6")
    #expect(try client.ask("GET /open?code=\(open.code())").status == 200)
  }

  @Test func wrongCodesAreAnsweredAgainAfterAWhile() {
    let clock = TurnedClock()
    let wrong = WrongCodes(now: { clock.instant })
    #expect((0..<11).map { _ in wrong.take() } == Array(repeating: true, count: 10) + [false])
    clock.turn(.seconds(6))
    #expect(wrong.take() && !wrong.take())
  }

  @Test func whoIsInsideFollowsAnOldLinkInside() throws {
    let open = try OpenDoor()
    let cookie = try open.cookie()
    let answer = try open.client().ask("GET /open?code=0&next=host", cookie: cookie)
    #expect(answer.status == 200 && answer.cookie == nil && answer.body.contains("url=/host\""))
  }

  @Test(arguments: [
    "/evil.example", "//evil.example", "%2F%2Fevil.example", "\\evil.example", "..", "a/../b", "a/%252e%252e/b", "a%0d%0ab", "x\\y",
  ])
  func nobodyIsLedElsewhere(next: String) throws {
    let open = try OpenDoor()
    let code = try open.code()
    #expect(try open.client().ask("GET /open?code=\(code)&next=\(next)").status == 400)
    #expect(open.parts.codes.count == 1, "and the code is good yet")
  }

  @Test func whatFollowsIsOnlyText() throws {
    let open = try OpenDoor()
    let answer = try open.client().ask("GET /open?code=\(open.code())&next=runs%22%3E%3Cscript%3Ealert(1)%3C/script%3E%C3%A4")
    #expect(
      answer.status == 200 && !answer.body.contains("<script")
        && answer.body.contains("0;url=/runs%22%3E%3Cscript%3Ealert(1)%3C/script%3E%C3%A4\""))
  }

  @Test(arguments: [("GET", ["Sec-Purpose: prefetch;prerender"]), ("GET", ["Purpose: prefetch"]), ("HEAD", [])])
  func lookingAheadUsesNothingUp(method: String, headers: [String]) throws {
    let open = try OpenDoor()
    let code = try open.code()
    #expect(try open.client().ask("\(method) /open?code=\(code)", headers).status == 503)
    #expect(try open.client().ask("GET /open?code=\(code)").status == 200)
  }

  @Test func theNewCookieReplacesTheOldOne() throws {
    let open = try OpenDoor()
    let old = try open.cookie()
    let answer = try open.client().ask("GET /open?code=\(open.code(isReadOnly: true))", cookie: old)
    #expect(answer.status == 200 && open.parts.sessions.entries.map(\.isReadOnly) == [true])
    #expect(try open.client().ask("GET /", cookie: old).status == 401)
  }

  @Test func signingOut() throws {
    let open = try OpenDoor()
    let client = try open.client()
    let cookie = try open.cookie()
    let out = try client.post("/api/session/end", cookie: cookie)
    #expect(out.status == 200 && out.headers["set-cookie"]?.contains("=; Path=/; Max-Age=0; HttpOnly") == true)
    #expect(try client.post("/api/call/x", cookie: cookie).status == 401)
    #expect(try client.ask("GET /", cookie: cookie).status == 401)
  }

  @Test func linksForOthers() throws {
    let open = try OpenDoor()
    let client = try open.client()
    let cookie = try open.cookie()
    let link = try #require(try client.post("/api/session/link", #"{"read_only":true}"#, cookie: cookie).json?["url"]?.stringValue)
    let start = "http://127.0.0.1:\(open.port)"
    #expect(link.hasPrefix("\(start)/open?code="))
    let friend = try #require(try client.ask("GET \(link.dropFirst(start.count))").cookie)
    let told = try client.ask("GET /api/session", cookie: friend).json
    #expect(told == ["read_only": true, "panels": ["few"], "assets": .string(open.parts.files.hash)])
    #expect(try client.post("/api/session/link", #"{"read_only":true}"#, cookie: friend).status == 403)
    #expect(try client.post("/api/session/link", "[]", cookie: cookie).status == 400)
    let full = try client.post("/api/session/link", #"{"read_only":false}"#, cookie: cookie).json?["url"]?.stringValue
    #expect(full?.hasPrefix("\(start)/open?code=") == true)
    #expect(try client.ask("GET /api/session", cookie: cookie).json?["read_only"] == false)
  }

  @Test func routesKnowWhoOnlyLooks() throws {
    let open = try OpenDoor()
    let client = try open.client()
    let cookie = try open.cookie(isReadOnly: true)
    #expect(try client.post("/api/call/runs.list", cookie: cookie).json == ["path": ["runs.list"], "read_only": true, "size": 2])
  }

  @Test(arguments: ["", "x", "a.b", "0.0", "."])
  func wrongCookies(value: String) throws {
    let open = try OpenDoor()
    let name = try open.cookie().prefix { $0 != "=" }
    for cookie in ["\(name)=\(value)", "other=1; \(name)=\(value)"] {
      #expect(try open.client().ask("GET /api/session", cookie: cookie).status == 401)
    }
  }

  @Test func aRightCookieAmongOthers() throws {
    let open = try OpenDoor()
    let cookie = try open.cookie()
    #expect(try open.client().ask("GET /api/session", cookie: "jackfield-00000000=a.b; \(cookie); x=y").status == 200)
    let forged = String(cookie.dropLast()) + (cookie.hasSuffix("0") ? "1" : "0")
    #expect(try open.client().ask("GET /api/session", cookie: forged).status == 401)
  }

  @Test func behindEncryptionTheCookieIsSecure() throws {
    let open = try OpenDoor()
    let answer = try open.client().ask("GET /open?code=\(open.code())", ["X-Forwarded-Proto: https"])
    #expect(answer.headers["set-cookie"]?.hasSuffix("SameSite=Strict; Secure") == true)
  }
}
