import Core
import TestSupport
import Testing
import TextFormats

@testable import Ingest

@Suite struct FirstBytesTests {
  private func problem(_ bytes: [UInt8], isWhole: Bool = true) -> String? {
    FirstBytes(bytes: bytes, isWhole: isWhole).mismatchWithLines?.problem
  }

  private func problem(_ text: String, isWhole: Bool = true) -> String? {
    problem(Array(text.utf8), isWhole: isWhole)
  }

  private func units(_ text: String, isLittle: Bool, width: Int = 2) -> [UInt8] {
    text.unicodeScalars.flatMap { scalar in
      let bytes = (0..<width).map { UInt8(truncatingIfNeeded: scalar.value >> UInt32(8 * $0)) }
      return isLittle ? bytes : bytes.reversed()
    }
  }

  @Test(
    arguments: [
      "{\"id\":\"1\"}\n", "{\"id\":\"1\"}", "{\"id\":\"1\"}\r", "\u{FEFF}{\"a\":1}\n", "", "\n\n",
      "x",
      "[1]\n{\"id\":1}\n", "{}{}\n{}\n", "{\n", "no event\n{\"id\":1}\n", "{\"a\":\"\u{1}\"}\n",
      "PAR1,ORC\n", "BZh\n", "\(String(repeating: "x", count: 257))ustard\n",
      "{\"id\":\"1\"}\n\u{1}\u{1}\u{1}\u{1}\u{1}\u{1}\u{1}\n",
    ])
  func `lines of JSON are, and so are bad lines among them`(_ text: String) {
    #expect(problem(text) == nil)
  }

  @Test(
    arguments: [
      ("[{\"id\":1},{\"id\":2}]\n", "this is a JSON array"), ("[\n {\"id\":1}\n]\n", "JSON array"),
      (" [{\"id\":\"]\\\"\"", "JSON array"), ("{\"id\":1}\r{\"id\":2}\r", "lines end in \\r alone"),
      ("{\"id\":1}{\"id\":2}", "objects stand one behind the other"),
      ("{\"a\":\"}\"} {\"id\":2}", "objects stand one behind the other"),
      ("{\n  \"id\": 1\n}\n", "spread over several lines"), ("%PDF-1.7\n", "a PDF document"),
      ("\n<!DOCTYPE HTML>", "a page of HTML"), ("<?xml version='1.0'?>", "XML"),
      ("PK\u{3}\u{4} xl/workbook.xml", "an Excel workbook"),
      ("PK\u{3}\u{4} a.csv", "a zip archive"),
      ("PAR1\u{15}", "a Parquet file"), ("7z\u{BC}", nil), ("BZh91AY&SY", "compressed with bzip2"),
      ("\u{1}\u{2}\u{3}\u{1}x", "no text"),
    ] as [(String, String?)])
  func `what is none is named`(_ text: String, _ expected: String?) {
    if let expected {
      #expect(problem(text)?.contains(expected) == true, "\(problem(text) ?? "nothing")")
    } else {
      #expect(problem(text) == nil)
    }
  }

  @Test func `text of wide letters is named, with a mark and without`() {
    let text = "{\"id\":\"1\",\"store\":\"S1\"}\n"
    let mark: [UInt8] = [0xFF, 0xFE]
    #expect(problem(mark + units(text, isLittle: true)) == "this is UTF-16, not UTF-8")
    #expect(problem(mark.reversed() + units(text, isLittle: false)) == "this is UTF-16, not UTF-8")
    #expect(problem(units(text, isLittle: true)) == "this is UTF-16LE, not UTF-8")
    #expect(problem(units(text, isLittle: false)) == "this is UTF-16BE, not UTF-8")
    for isLittle in [true, false] {
      #expect(problem(units(text, isLittle: isLittle, width: 4)) == "this is UTF-32, not UTF-8")
    }
  }

  @Test(arguments: TextEncoding.allCases)
  func `a CSV file is taken only in the encoding of its contract`(_ declared: TextEncoding) {
    let text = "sku,price\nP1,1.00\n"
    let files: [(bytes: [UInt8], suits: Set<TextEncoding>)] = [
      (Array(text.utf8), [.utf8, .latin1, .windows1252]),
      ([0xEF, 0xBB, 0xBF] + Array(text.utf8), [.utf8]),
      ([0xFF, 0xFE] + units(text, isLittle: true), [.utf16, .utf16LittleEndian]),
      ([0xFE, 0xFF] + units(text, isLittle: false), [.utf16, .utf16BigEndian]),
      (units(text, isLittle: true), [.utf16LittleEndian]),
      (units(text, isLittle: false), [.utf16, .utf16BigEndian]),
      ([0xFF, 0xFE, 0, 0] + units(text, isLittle: true, width: 4), []),
    ]
    for (number, file) in files.enumerated() {
      let found = FirstBytes(bytes: file.bytes, isWhole: true).mismatchWithCSV(
        in: declared, columnCount: 2, options: CSVOptions(header: true))
      #expect((found == nil) == file.suits.contains(declared), "file \(number): \(found as Any)")
    }
  }

  @Test func `a CSV file without any line end is no header`() {
    func problem(_ text: String) -> String? {
      FirstBytes(bytes: Array(text.utf8), isWhole: true).mismatchWithCSV(
        in: .utf8, columnCount: 2, options: CSVOptions(header: true))?.problem
    }
    #expect(problem("sku,priceP1,1.00P2,2.00")?.contains("no line ends") == true)
    #expect(problem("sku,price") == nil && problem("sku,price\rP1,1.00") == nil)
    #expect(problem("{\"sku\":\"P1\"}\n{\"sku\":\"P2\"}\n")?.contains("lines of JSON") == true)
    #expect(problem("PAR1\u{15}")?.contains("a Parquet file") == true)
  }
}
