import Core
import TestSupport
import Testing

@Suite struct KnownSecretTests {
  private let long = #"Tr0ub&dor/3 "q" é<x>'y\z"#

  init() { KnownSecrets.add(Array(long.utf8)) }

  @Test func `a secret is masked in every way that texts write it`() {
    let forms = [
      long, #"Tr0ub&dor/3 \"q\" é<x>'y\\z"#, #"Tr0ub&dor\/3 \"q\" é<x>'y\\z"#,
      #"Tr0ub\u0026dor/3 \"q\" é\u003cx\u003e'y\\z"#, #"Tr0ub&dor/3 \"q\" \u00e9<x>'y\\z"#,
      #"Tr0ub&dor/3 \\\"q\\\" é<x>'y\\\\z"#, #"Tr0ub&amp;dor/3 &quot;q&quot; é&lt;x&gt;&#39;y\z"#,
      "Tr0ub%26dor%2F3%20%22q%22%20%C3%A9%3Cx%3E%27y%5Cz",
      "Tr0ub%26dor%2f3+%22q%22+%c3%a9%3cx%3e%27y%5cz", #"Tr0ub&dor/3 "q" é<x>''y\z"#,
      "%54%72%30%75%62%26dor/3%20%22q%22%20%C3%A9%3Cx%3E%27y%5Cz",
      hexText(Array(long.utf8)), hexText(Array(long.utf8)).uppercased(),
    ]
    for form in forms {
      #expect(withoutSecrets("a \(form), b") == "a ***, b", "\(form)")
      #expect(withoutSecrets("x\(form)y") == "x***y", "\(form)")
    }
  }

  @Test(arguments: ["", "u", "us", "user:", "https://user:"])
  func `a secret is masked in base64, whatever stands around it`(_ before: String) {
    for behind in ["", "@", "@h", "@ho"] {
      let code = Radix64.text(Array((before + long + behind).utf8))
      let urlCode = code.replacing("+", with: "-").replacing("/", with: "_")
      for text in [code, urlCode] {
        let masked = withoutSecrets("Basic \(text) end")
        #expect(masked.hasPrefix("Basic ") && masked.hasSuffix(" end") && masked.contains("***"))
        // No bit of the secret is left: what stands there spells at most what was around it.
        let rest = masked.dropFirst(6).dropLast(4).split(separator: "*").map(String.init)
        #expect(rest.map(\.utf8.count).reduce(0, +) <= (before.utf8.count + behind.utf8.count) * 2)
      }
    }
  }

  @Test func `a short secret eats no text`() {
    KnownSecrets.add(Array("a".utf8))
    KnownSecrets.add(Array("k7x9".utf8))
    #expect(withoutSecrets("a lake has a part a") == "a lake has a part a")
    #expect(withoutSecrets(#"{"password":"a","part":"a"}"#) == #"{"password":"***","part":"a"}"#)
    #expect(withoutSecrets("Password: a; a") == "Password: ***; a")
    #expect(withoutSecrets("token=a&x=a") == "token=***&x=a")
    #expect(
      withoutSecrets("k7x9 ok7x9 k7x90 (k7x9) k7x9_ %3Dk7x9%26")
        == "*** ok7x9 k7x90 (***) k7x9_ %3D***%26")
  }

  @Test func `each line of a key is masked, as logs are lines`() {
    KnownSecrets.add(Array("-----BEGIN KEY-----\nMIIEvQIBADANBgkqhkiG\nz\n".utf8))
    #expect(withoutSecrets("read MIIEvQIBADANBgkqhkiG.") == "read ***.")
    #expect(withoutSecrets("z") == "z")
  }

  @Test(arguments: 1...20 as ClosedRange<UInt64>)
  func `random secrets in random text are gone, and nothing else is`(_ seed: UInt64) {
    var random = SeededRandom(seed)
    let letters = Array("abcXYZ019 +/=&%\"'\\<>é☃\n".unicodeScalars)
    func text(_ count: Int) -> String {
      var text = ""
      for _ in 0..<count { text.unicodeScalars.append(letters.randomElement(using: &random)!) }
      return text
    }
    let secret = "S\(seed)!" + text(Int.random(in: 8...24, using: &random))
    KnownSecrets.add(Array(secret.utf8))
    let around = "<<\(secret)>>"
    #expect(withoutSecrets(around) == "<<***>>", "seed \(seed)")
    let quiet = "no such thing here: \(seed)"
    #expect(withoutSecrets(quiet) == quiet, "seed \(seed)")
  }
}
