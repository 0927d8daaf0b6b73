import Core

/// A kind of file that is told by how it begins, and is none that holds records for us.
struct ForeignKind {
  /// What a Parquet file begins with; in others a number of its format follows, and no letter.
  static let parquet = [UInt8]("PAR1".utf8)

  let mismatch: FirstBytes.Mismatch

  /// The kind of a file that begins with `bytes`; nil when it is none of those known.
  init?(_ bytes: [UInt8]) {
    let found = Self.marks.first { $0.begins(bytes) }
    if let found {
      let isWorkbook = found.name == Self.zip && bytes.containsText("xl/")
      mismatch = isWorkbook ? Self.workbook : .init(found.name, found.remedy)
      return
    }
    var text = bytes[...]
    if text.starts(with: [0xEF, 0xBB, 0xBF]) { text = text.dropFirst(3) }
    let start = String(
      decoding: text.drop { isBlank($0) }.prefix(16), as: UTF8.self
    ).lowercased()
    if ["<!doctype html", "<html", "<head", "<body"].contains(where: start.hasPrefix) {
      mismatch = .init("a page of HTML", "see what its sender answers instead of the file")
    } else if start.hasPrefix("<?xml") {
      mismatch = .init("XML", "have it sent in the format of the contract")
    } else {
      return nil
    }
  }

  /// Says so of bytes that are no text at all: of their first line one in ten is a control
  /// character.
  static func binary(_ bytes: [UInt8]) -> FirstBytes.Mismatch? {
    let line = bytes.prefix { $0 != 0x0A }
    let controls = line.count { $0 < 0x20 && !(0x07...0x0D).contains($0) && $0 != 0x1B }
    guard controls > 3, controls * 10 > line.count else { return nil }
    return .init("no text", "see what kind of file it is: file FILE")
  }

  private static let zip = "a zip archive"
  private static let unpacking = "unpack it, and give the files in it"
  private static let workbook = FirstBytes.Mismatch(
    "an Excel workbook", "save its sheet as CSV in UTF-8, and give that")

  private struct Mark {
    var name: String
    var mark: [UInt8]
    var offset = 0
    var remedy = ForeignKind.unpacking

    /// Words alone are no mark: a column or a thing may be called so.
    func begins(_ bytes: [UInt8]) -> Bool {
      bytes.dropFirst(offset).starts(with: mark)
        && (offset == 0 || bytes.prefix(offset).contains(0))
    }
  }

  /// A way of compressing that is not read here, and the program that undoes it.
  private static func packed(_ program: String, _ mark: [UInt8]) -> Mark {
    Mark(
      name: "compressed with \(program)", mark: mark, remedy: "unpack it: \(program) -dc FILE")
  }

  private static let resending = "have it sent as the contract says"

  private static let marks =
    others + (1...9).map { packed("bzip2", Array("BZh\($0)1AY&SY".utf8)) }

  private static let others: [Mark] = [
    Mark(name: zip, mark: [0x50, 0x4B, 0x03, 0x04]),
    Mark(name: zip, mark: [0x50, 0x4B, 0x05, 0x06]),
    packed("xz", [0xFD, 0x37, 0x7A, 0x58, 0x5A, 0x00]),
    packed("lz4", [0x04, 0x22, 0x4D, 0x18]),
    packed("lzip", Array("LZIP".utf8) + [0x01]),
    Mark(name: "compressed with compress", mark: [0x1F, 0x9D], remedy: "unpack it: gzip -dc FILE"),
    Mark(
      name: "compressed with snappy", mark: [0xFF, 0x06, 0x00, 0x00, 0x73, 0x4E, 0x61, 0x50],
      remedy: "have it sent as gzip or zstd"),
    Mark(name: "compressed twice", mark: [0x1F, 0x8B], remedy: "unpack it once: gzip -dc FILE"),
    Mark(
      name: "compressed twice", mark: [0x28, 0xB5, 0x2F, 0xFD],
      remedy: "unpack it once: zstd -dc FILE"),
    Mark(name: "a 7z archive", mark: [0x37, 0x7A, 0xBC, 0xAF, 0x27, 0x1C]),
    Mark(name: "a RAR archive", mark: Array("Rar!".utf8) + [0x1A, 0x07]),
    Mark(name: "a tar archive", mark: Array("ustar".utf8), offset: 257),
    Mark(
      name: "a Parquet file", mark: parquet + [0x15],
      remedy: "declare the table USING parquet, or have it sent as the contract says"),
    Mark(name: "an Avro file", mark: Array("Obj".utf8) + [0x01], remedy: resending),
    Mark(
      name: "a SQLite database", mark: Array("SQLite format 3".utf8) + [0x00],
      remedy: "name it under 'systems' in sources.yml"),
    Mark(
      name: "an Excel workbook of the old kind",
      mark: [0xD0, 0xCF, 0x11, 0xE0, 0xA1, 0xB1, 0x1A, 0xE1],
      remedy: "save its sheet as CSV in UTF-8, and give that"),
    Mark(name: "a PDF document", mark: Array("%PDF-".utf8), remedy: resending),
  ]
}

extension FirstBytes.Mismatch {
  /// That the file is `kind`.
  fileprivate init(_ kind: String, _ remedy: String) {
    problem = "this is \(kind), which is not read here"
    self.remedy = remedy
  }
}

extension [UInt8] {
  fileprivate func containsText(_ text: String) -> Bool {
    let wanted = Array(text.utf8)
    return indices.contains { self[$0] == wanted[0] && self[$0...].starts(with: wanted) }
  }
}
