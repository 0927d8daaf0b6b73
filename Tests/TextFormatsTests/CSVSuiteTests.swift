import Columnar
import Core
import JSON
import TestSupport
import Testing
import TextFormats

/// The public suites, by the reading they publish.
@Suite struct CSVSuiteTests {
  @Test(.shared("conformance/csv-spectrum"))
  func `csv-spectrum is read as it says`() throws {
    let files = Shared.files(under: "conformance/csv-spectrum/csvs", suffix: ".csv")
    #expect(!files.isEmpty)
    for file in files {
      let reading = try reading(of: file, in: "csvs")
      let expected = reading.array ?? [reading]
      let names = expected.first?.object?.keys ?? []
      // One reading has another telephone number than its file.
      let isMistaken = file.hasSuffix("location_coordinates.csv")
      let compared = isMistaken ? Array(names.dropFirst()) : names
      let records = try read(file, compared, header: true).map { $0.0 }
      let objects = expected.map { value in compared.map { value[$0]?.string ?? "" } }
      // Two files came to us with their line ends changed.
      #expect(records == objects.map { $0.map(withoutReturns) }, "\(file)")
    }
  }

  @Test(.shared("conformance/csv-test-data"))
  func `csv-test-data is read as it says, and its bad files are told`() throws {
    let files = Shared.files(under: "conformance/csv-test-data/csv", suffix: ".csv")
    #expect(!files.isEmpty)
    for file in files {
      let name = file.split(separator: "/").last ?? ""
      if name.hasPrefix("bad-") {
        let isHeader = name.hasPrefix("bad-header")
        let records = try? read(file, ["foo", "bar", "baz"], header: isHeader)
        #expect(records?.contains { $0.1 != nil } ?? true, "\(name)")
        continue
      }
      let expected = try #require(try reading(of: file, in: "csv").array)
      if name.hasPrefix("header-") {
        let names = ["foo", "bar", "baz"]
        let objects = expected.map { value in names.map { value[$0]?.string ?? "" } }
        #expect(try read(file, names, header: true).map { $0.0 } == objects, "\(name)")
        continue
      }
      let records = expected.map { ($0.array ?? []).map { $0.string ?? "" } }
      let names = (records.first ?? []).indices.map { "c\($0)" }
      let actual = try read(file, names, header: false)
      #expect(actual.map { $0.0 } == records, "\(name)")
      #expect(actual.allSatisfy { $0.1 == nil }, "\(name)")
    }
  }

  /// Texts (a NULL as none) and what is wrong, a record each.
  private func read(
    _ file: String, _ names: [String], header: Bool
  ) throws -> [([String], String?)] {
    let reader = try CSVReader(
      try LocalFileSystem().open(file), schema: Schema(names.map { Field($0, .string) }),
      options: CSVOptions(header: header, problemColumn: "problem"), at: Place(file))
    var records: [([String], String?)] = []
    while let batch = try reader.next() {
      for row in 0..<batch.rowCount {
        let texts = batch.scalars(at: row).map { scalar -> String? in
          if case .string(let text) = scalar { text } else { nil }
        }
        records.append((texts.dropLast().map { withoutReturns($0 ?? "") }, texts.last ?? nil))
      }
    }
    return records
  }

  private func reading(of file: String, in folder: String) throws -> JSONValue {
    let name = file.replacing(".csv", with: ".json").replacing("/\(folder)/", with: "/json/")
    return try JSONReader().read(try LocalFileSystem().read(name))
  }

  private func withoutReturns(_ text: String) -> String {
    String(decoding: text.utf8.filter { $0 != 0x0D }, as: UTF8.self)
  }
}
