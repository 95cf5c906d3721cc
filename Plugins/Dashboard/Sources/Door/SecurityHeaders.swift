// SPDX-License-Identifier: Apache-2.0

internal import WebSockets

/// What browsers are told of who may do what with an answer.
enum SecurityHeaders {
  /// Sent with every answer that says nothing else: it runs nothing, loads nothing, stands in no frame, and is not kept.
  static let common = [
    WebHeader("Content-Security-Policy", "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"),
    WebHeader("X-Content-Type-Options", "nosniff"),
    WebHeader("X-Frame-Options", "DENY"),
    WebHeader("Referrer-Policy", "no-referrer"),
    WebHeader("Cross-Origin-Opener-Policy", "same-origin"),
    WebHeader("Cross-Origin-Resource-Policy", "same-origin"),
    WebHeader(
      "Permissions-Policy",
      "accelerometer=(), camera=(), display-capture=(), geolocation=(), gyroscope=(), magnetometer=(), microphone=(), midi=(), payment=(), usb=()"
    ),
    WebHeader("Cache-Control", "no-store"),
  ]

  /// Of the page itself: everything from here, no text that becomes code.
  static let page = WebHeader(
    "Content-Security-Policy",
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; font-src 'self'; connect-src 'self'; "
      + "worker-src 'self'; frame-src 'self'; manifest-src 'self'; base-uri 'self'; form-action 'self'; frame-ancestors 'none'; "
      + "require-trusted-types-for 'script'; trusted-types jackfield-hub")

  /// Of the worker that hears events for all tabs of a browser: loads its own parts, and talks to this door. By naming the policy under which pages
  /// begin it, it tells them that they may.
  static let hub = WebHeader(
    "Content-Security-Policy",
    "default-src 'none'; script-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; "
      + "require-trusted-types-for 'script'; trusted-types jackfield-hub")

  /// Of a small page of words: its looks from here, nothing else.
  static let words = WebHeader(
    "Content-Security-Policy",
    "default-src 'none'; style-src 'self'; img-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'")

  /// Of what a frame of the page shows for others: an origin of its own that is nobody's, no network, no way out.
  ///
  /// - Parameters:
  ///   - host: The one the request was for: an origin that is nobody's has no "self" in some browsers.
  ///   - runsScripts: Whether scripts that stand in what is shown run, too; else only ours does.
  static func frame(host: String, runsScripts: Bool) -> [WebHeader] {
    let own = "'self' http://\(host) https://\(host)"
    let scripts = runsScripts ? "\(own) 'unsafe-inline' 'unsafe-eval' blob: data:" : own
    return [
      WebHeader(
        "Content-Security-Policy",
        "sandbox allow-scripts; default-src 'none'; script-src \(scripts); style-src \(own) 'unsafe-inline'; img-src data: blob:; "
          + "font-src data:; media-src data: blob:; base-uri 'none'; form-action 'none'; frame-ancestors 'self'"),
      WebHeader("X-Frame-Options", "SAMEORIGIN"),
      WebHeader("Cross-Origin-Resource-Policy", "cross-origin"),
      WebHeader("X-DNS-Prefetch-Control", "off"),
    ]
  }
}
