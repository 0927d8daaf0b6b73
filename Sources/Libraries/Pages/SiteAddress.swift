import Core

/// Where the pages of the catalog lie, and how they name each other.
package enum SiteAddress {
  /// The page of an entry, from the site's folder.
  package static func table(_ name: String) -> String { "tables/\(slug(name)).html" }

  /// The place of a column on its table's page.
  package static func column(_ name: String) -> String { "c-\(slug(name))" }

  /// The place of a term on the page of the glossary.
  package static func term(_ name: String) -> String { "t-\(slug(name.lowercased()))" }

  /// A name as a part of an address and of a file's name on any disk, which no other name has:
  /// small letters, digits and a few signs stand for themselves, all others are spelled.
  package static func slug(_ name: String) -> String {
    var result = ""
    for byte in name.utf8 {
      let isPlain =
        (0x61...0x7A).contains(byte) || (0x30...0x39).contains(byte) || byte == 0x2E
        || byte == 0x2D || byte == 0x5F
      result += isPlain ? String(UnicodeScalar(byte)) : "~\(hexText([byte]))"
    }
    if result.hasPrefix(".") { result = "~2e\(result.dropFirst())" }
    guard result.utf8.count > 150 else { return result }
    return "\(result.prefix(100))~\(SHA256.hex(of: name).prefix(16))"
  }
}
