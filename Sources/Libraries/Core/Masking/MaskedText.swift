/// `text` without the secrets that this process has met, in any form, and without the passwords of
/// addresses that stand in it: `postgres://user:***@host/db`, `password=***`. Addresses are refused
/// where they would be used; what tells of that, or repeats what was given, goes through here.
package func masked(_ text: String) -> String {
  let before = Array(text.utf8)
  let bytes = masked(before)
  return bytes == before ? text : String(decoding: bytes, as: UTF8.self)
}

/// The same of bytes, which need be no text.
package func masked(_ text: [UInt8]) -> [UInt8] {
  var bytes = withoutSecrets(text)
  maskAddresses(&bytes)
  for word in secretWords { maskValues(of: Array(word.utf8), &bytes) }
  return bytes
}

private let mask = Array("***".utf8)
private let secretWords = ["password=", "passwd=", "pwd="]

/// Masks what stands between a colon and the last `@` behind `://`.
private func maskAddresses(_ bytes: inout [UInt8]) {
  let sign = Array("://".utf8)
  var index = 0
  while index + sign.count <= bytes.count {
    guard bytes[index..<index + sign.count].elementsEqual(sign) else {
      index += 1
      continue
    }
    let start = index + sign.count
    let end = bytes[start...].firstIndex(where: endsAddress) ?? bytes.count
    index = start
    guard let at = bytes[start..<end].lastIndex(of: UInt8(ascii: "@")),
      let colon = bytes[start..<at].firstIndex(of: UInt8(ascii: ":"))
    else { continue }
    bytes.replaceSubrange(colon + 1..<at, with: mask)
    index = colon
  }
}

/// Masks what follows `word`, in any letter case.
private func maskValues(of word: [UInt8], _ bytes: inout [UInt8]) {
  var index = 0
  while index + word.count < bytes.count {
    let isFound = zip(bytes[index...], word).allSatisfy { byte, letter in
      byte == letter || byte | 0x20 == letter && letter != UInt8(ascii: "=")
    }
    index += 1
    guard isFound else { continue }
    let start = index - 1 + word.count
    let end =
      bytes[start...].firstIndex { endsAddress($0) || $0 == UInt8(ascii: "&") } ?? bytes.count
    if end > start { bytes.replaceSubrange(start..<end, with: mask) }
  }
}

private func endsAddress(_ byte: UInt8) -> Bool { byte <= 0x20 || "'\"`<>".utf8.contains(byte) }
