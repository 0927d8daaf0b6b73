import Core
import Testing

@testable import TextFormats

@Suite struct NameLikenessTests {
  private static let names = [
    "sku", "SKU", "s_k_u", "S k-U", "sku2", "", "_", "é", "É", "e\u{301}", "Straße", "STRASSE",
    "event_id", "eventId", "Event-ID", "event id ", "ＳＫＵ", "a\u{0}b", "ab", "1", "１",
  ]

  @Test(arguments: names)
  func `the quick way says what the names say`(key: String) {
    for name in Self.names where name != key {
      let found = Array(key.utf8).withUnsafeBufferPointer { key in
        Array(name.utf8).withUnsafeBufferPointer { name in
          nameLikeness(key.baseAddress, key.count, name.baseAddress, name.count)
        }
      }
      let likeness = FieldNames([name]).column(of: key)?.likeness
      #expect(found == likeness.map { max(1, $0.rawValue) } ?? 0, "'\(key)' and '\(name)'")
    }
  }
}
