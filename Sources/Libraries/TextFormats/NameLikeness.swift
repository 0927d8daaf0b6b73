import CSimdjson
import Core

/// How like a key is to a field's name that is another, for the C side: see `FieldNames`.
let nameLikeness: medallion_json_likeness = { key, keyCount, name, nameCount in
  let key = TextBytes(start: key, count: keyCount)
  let name = TextBytes(start: name, count: nameCount)
  // An object may have a hundred thousand keys that are none of ours.
  if let likeness = plainLikeness(key, name) { return likeness }
  let field = FieldNames([String(decoding: name, as: UTF8.self)])
  return field.column(of: String(decoding: key, as: UTF8.self)).map { max(1, $0.likeness.rawValue) }
    ?? 0
}

/// The same of names in ASCII, by their bytes; nil for others.
private func plainLikeness(_ key: TextBytes, _ name: TextBytes) -> Int32? {
  guard key.allSatisfy({ $0 < 0x80 }), name.allSatisfy({ $0 < 0x80 }) else { return nil }
  if key.count == name.count, zip(key, name).allSatisfy({ lowered($0) == lowered($1) }) {
    return FieldNames.Likeness.caseAside.rawValue
  }
  let letters = key.lazy.map(lowered).filter(isLetterOrDigit)
  return !letters.isEmpty && letters.elementsEqual(name.lazy.map(lowered).filter(isLetterOrDigit))
    ? FieldNames.Likeness.simplified.rawValue : 0
}

private func lowered(_ byte: UInt8) -> UInt8 {
  byte >= UInt8(ascii: "A") && byte <= UInt8(ascii: "Z") ? byte | 0x20 : byte
}

/// Whether a byte in lower case is a letter or a digit.
private func isLetterOrDigit(_ byte: UInt8) -> Bool {
  byte >= UInt8(ascii: "a") && byte <= UInt8(ascii: "z")
    || byte >= UInt8(ascii: "0") && byte <= UInt8(ascii: "9")
}
