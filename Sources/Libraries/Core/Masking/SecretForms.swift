/// The ways in which a secret gets into a text: as it is, with letters spelled as `%41` in an
/// address, escaped for JSON, HTML, SQL or a shell, as base64 wherever it stands in what was
/// encoded, and as hexadecimal digits.
///
/// A short secret is found in words that hold none. One of less than eight bytes counts only where
/// it stands as a word of its own, one of less than four only behind a name such as `password=`.
struct SecretForms: Sendable {
  private let secret: [UInt8]
  /// Other spellings, each as it is.
  private let spellings: [[UInt8]]
  /// What base64 makes of it behind none, one or two other bytes, without the signs that others
  /// have a part in, of which so many stand before and behind.
  private let cores: [(signs: [UInt8], before: Int, behind: Int)]
  /// In lower case.
  private let hex: [UInt8]
  /// Whether a form begins with a byte: texts are looked through for many secrets.
  private let isFirst: [Bool]

  private static let freeCount = 8
  private static let wordCount = 4

  init(_ secret: [UInt8]) {
    self.secret = secret
    let text = String(decoding: secret, as: UTF8.self)
    spellings = SecretSpelling.all(of: text).filter { $0 != secret }
    hex = Array(hexText(secret).utf8)
    cores =
      secret.count < SecretForms.wordCount ? [] : (0...2).map { SecretForms.core(secret, $0) }
    var isFirst = [Bool](repeating: false, count: 256)
    for sign in [secret[0], hex[0], hex[0] & ~0x20, UInt8(ascii: "%")] { isFirst[Int(sign)] = true }
    for spelling in spellings { isFirst[Int(spelling[0])] = true }
    for core in cores { isFirst[Int(core.signs[0])] = true }
    // Signs that another alphabet, or a form, has instead.
    if secret[0] == 0x20 { isFirst[Int(UInt8(ascii: "+"))] = true }
    if isFirst[Int(UInt8(ascii: "+"))] { isFirst[Int(UInt8(ascii: "-"))] = true }
    if isFirst[Int(UInt8(ascii: "/"))] { isFirst[Int(UInt8(ascii: "_"))] = true }
    self.isFirst = isFirst
  }

  private static func core(
    _ secret: [UInt8], _ offset: Int
  ) -> (signs: [UInt8], before: Int, behind: Int) {
    let signs = Array(Radix64.text([UInt8](repeating: 0, count: offset) + secret).utf8)
    let bitCount = (offset + secret.count) * 8
    let first = [0, 2, 3][offset]
    return (
      Array(signs[first..<bitCount / 6]), offset == 0 ? 0 : 1, bitCount.isMultiple(of: 6) ? 0 : 1
    )
  }

  /// Where it stands in `bytes`, in any of its forms.
  func ranges(in bytes: UnsafeBufferPointer<UInt8>) -> [Range<Int>] {
    var found: [Range<Int>] = []
    for start in bytes.indices where isFirst[Int(bytes[start])] {
      if let end = spelledEnd(bytes, start), isMeant(start..<end, in: bytes) {
        found.append(start..<end)
      }
      for spelling in spellings where bytes[start] == spelling[0] {
        let end = start + spelling.count
        guard end <= bytes.count, bytes[start..<end].elementsEqual(spelling),
          isMeant(start..<end, in: bytes)
        else { continue }
        found.append(start..<end)
      }
      for core in cores where isBase64(bytes, core.signs, start) {
        found.append(wholeCode(bytes, start, core))
      }
      if secret.count >= SecretForms.wordCount, isHex(bytes, start) {
        found.append(start..<start + hex.count)
      }
    }
    return found
  }

  /// Behind the secret, each byte of which stands there as it is or as an address has it.
  private func spelledEnd(_ bytes: UnsafeBufferPointer<UInt8>, _ start: Int) -> Int? {
    var index = start
    for byte in secret {
      guard index < bytes.count else { return nil }
      if bytes[index] == byte || byte == 0x20 && bytes[index] == UInt8(ascii: "+") {
        index += 1
      } else if bytes[index] == UInt8(ascii: "%"), index + 2 < bytes.count,
        let high = digitOfHex(bytes[index + 1]), let low = digitOfHex(bytes[index + 2]),
        high << 4 | low == byte
      {
        index += 3
      } else {
        return nil
      }
    }
    return index
  }

  private func isHex(_ bytes: UnsafeBufferPointer<UInt8>, _ start: Int) -> Bool {
    guard start + hex.count <= bytes.count else { return false }
    for (index, digit) in hex.enumerated() {
      let byte = bytes[start + index]
      guard byte == digit || byte | 0x20 == digit && digit > 0x60 else { return false }
    }
    return true
  }

  /// Base64 has two alphabets, which differ in two signs.
  private func isBase64(
    _ bytes: UnsafeBufferPointer<UInt8>, _ signs: [UInt8], _ start: Int
  ) -> Bool {
    guard start + signs.count <= bytes.count else { return false }
    for (index, sign) in signs.enumerated() {
      let byte = bytes[start + index]
      guard
        byte == sign || sign == UInt8(ascii: "+") && byte == UInt8(ascii: "-")
          || sign == UInt8(ascii: "/") && byte == UInt8(ascii: "_")
      else { return false }
    }
    return true
  }

  /// The core with the signs around it in which it has a part.
  private func wholeCode(
    _ bytes: UnsafeBufferPointer<UInt8>, _ start: Int,
    _ core: (signs: [UInt8], before: Int, behind: Int)
  ) -> Range<Int> {
    var end = start + core.signs.count
    for _ in 0..<core.behind where end < bytes.count && isWordLetter(bytes[end]) { end += 1 }
    while end < bytes.count, bytes[end] == UInt8(ascii: "=") { end += 1 }
    let hasBefore = core.before > 0 && start > 0 && isWordLetter(bytes[start - 1])
    return (hasBefore ? start - 1 : start)..<end
  }

  /// Whether a short secret is meant by what stands there.
  private func isMeant(_ range: Range<Int>, in bytes: UnsafeBufferPointer<UInt8>) -> Bool {
    if secret.count >= SecretForms.freeCount { return true }
    if range.upperBound < bytes.count, isWordLetter(bytes[range.upperBound]) { return false }
    if range.lowerBound > 0, isWordLetter(bytes[range.lowerBound - 1]) {
      // The last digit of `%3D` is no letter of a word.
      let start = range.lowerBound
      guard start >= 3, bytes[start - 3] == UInt8(ascii: "%"),
        digitOfHex(bytes[start - 2]) != nil, digitOfHex(bytes[start - 1]) != nil
      else { return false }
    }
    return secret.count >= SecretForms.wordCount || hasName(before: range.lowerBound, in: bytes)
  }

  private static let names = [
    "password", "passwd", "passphrase", "pwd", "secret", "token", "key", "credential",
  ]

  /// Whether a name of what is secret stands there with the sign that gives it a value.
  private func hasName(before start: Int, in bytes: UnsafeBufferPointer<UInt8>) -> Bool {
    var rest = bytes[max(0, start - 40)..<start]
    var hasSign = false
    while let last = rest.last, " \"'\\:=".utf8.contains(last) {
      hasSign = hasSign || last == UInt8(ascii: ":") || last == UInt8(ascii: "=")
      rest = rest.dropLast()
    }
    guard hasSign else { return false }
    let name = String(
      decoding: rest.reversed().prefix { isWordLetter($0) || $0 == UInt8(ascii: "-") }.reversed(),
      as: UTF8.self
    ).lowercased()
    return SecretForms.names.contains { name.contains($0) }
  }
}

/// A letter, a digit, `_`, or a byte of a letter beyond ASCII.
private func isWordLetter(_ byte: UInt8) -> Bool {
  switch byte {
  case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
    UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "_"), 0x80...:
    true
  default: false
  }
}

private func digitOfHex(_ byte: UInt8) -> UInt8? {
  switch byte {
  case UInt8(ascii: "0")...UInt8(ascii: "9"): byte - UInt8(ascii: "0")
  case UInt8(ascii: "a")...UInt8(ascii: "f"): byte - UInt8(ascii: "a") + 10
  case UInt8(ascii: "A")...UInt8(ascii: "F"): byte - UInt8(ascii: "A") + 10
  default: nil
  }
}
