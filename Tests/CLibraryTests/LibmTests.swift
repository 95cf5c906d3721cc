// SPDX-License-Identifier: Apache-2.0
import JSON
import PluginTestKit
import Testing

/// The system's mathematics by the manifest of the example, against values that the C standard or a table gives.
@Suite struct LibmTests {
  private static func libm() async throws -> CLibraryHarness { try await CLibraryHarness("libm.so.6", exampleManifest("libm")) }

  @Test(arguments: [
    // ISO C, annex F: these are exact.
    ("frexp", #"{"x":48}"#, #"{"fraction":0.75,"exponent":6}"#), ("frexp", #"{"x":0}"#, #"{"fraction":0.0,"exponent":0}"#),
    ("ldexp", #"{"x":0.75,"exponent":6}"#, #"{"result":48.0}"#), ("modf", #"{"x":-3.25}"#, #"{"fraction":-0.25,"whole":-3.0}"#),
    ("remquo", #"{"x":29,"y":3}"#, #"{"rest":-1.0,"quotient":2}"#), ("remquo", #"{"x":10,"y":3}"#, #"{"rest":1.0,"quotient":3}"#),
    ("hypot", #"{"x":3,"y":4}"#, #"{"result":5.0}"#), ("pow", #"{"x":2,"y":10}"#, #"{"result":1024.0}"#),
    ("pow", #"{"x":0,"y":-1}"#, #"{"result":"Infinity"}"#), ("sqrt", #"{"x":2}"#, #"{"result":1.4142135623730951}"#),
    ("cbrt", #"{"x":-8}"#, #"{"result":-2.0}"#), ("fmod", #"{"x":-7,"y":3}"#, #"{"result":-1.0}"#),
    ("lround", #"{"x":-2.5}"#, #"{"result":-3}"#), ("nextafter", #"{"x":1,"y":2}"#, #"{"result":1.0000000000000002}"#),
    // One rounding, not two: 0.1 * 10 - 1 is what 0.1 is too large by.
    ("fma", #"{"x":0.1,"y":10,"z":-1}"#, #"{"result":5.551115123125783e-17}"#), ("sin", #"{"x":"NaN"}"#, #"{"result":"NaN"}"#),
    ("sin", #"{"x":"Infinity"}"#, #"{"result":"NaN"}"#), ("atan2", #"{"y":1,"x":1}"#, #"{"result":0.7853981633974483}"#),
    // Gamma(5) = 4!, and Gamma(-1/2) = -2 sqrt(pi).
    ("tgamma", #"{"x":5}"#, #"{"result":24.0}"#), ("sinf", #"{"x":0}"#, #"{"result":0.0}"#),
  ])
  func exactValues(function: String, input: String, answer: String) async throws {
    let libm = try await Self.libm()
    #expect(try await libm.text("libm.\(function)", input) == answer)
    await libm.close()
  }

  /// Abramowitz and Stegun: tables 4.2, 4.6, 6.1, 7.1.
  @Test(arguments: [
    ("sin", 1, 0.841470984807896507), ("cos", 1, 0.540302305868139717), ("tan", 1, 1.557407724654902231), ("exp", 1, 2.718281828459045235),
    ("log", 10, 2.302585092994045684), ("erf", 1, 0.842700792949714869), ("lgamma", 10, 12.801827480081469611),
  ])
  func tabulatedValues(function: String, x: Double, value: Double) async throws {
    let libm = try await Self.libm()
    let result = try #require(try await libm.ask("libm.\(function)", ["x": .number(x)])["result"]?.doubleValue)
    #expect(abs(result - value) <= 2 * value.ulp)
    await libm.close()
  }

  @Test func signsAndErrors() async throws {
    let libm = try await Self.libm()
    #expect(try await libm.ask("libm.lgamma", ["x": -0.5])["sign"] == -1)
    #expect(
      try await libm.fault("libm.sqrt", #"{"x":-1}"#)
        == "'libm.sqrt' failed: 'sqrt' set errno to 33 (EDOM: Numerical argument out of domain)")
    #expect(
      try await libm.fault("libm.log", #"{"x":0}"#) == "'libm.log' failed: 'log' set errno to 34 (ERANGE: Numerical result out of range)")
    await libm.close()
  }
}
