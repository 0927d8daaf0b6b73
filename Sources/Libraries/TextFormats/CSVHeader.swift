package import Columnar

/// The record that names a file's fields.
package struct CSVHeader: Sendable, Equatable {
  /// Its text, UTF-8.
  package let text: [UInt8]
  /// Its names, as they stand there.
  package let names: [String]

  /// The field that each of `columns` is, by its name: letter case and all but letters and digits
  /// aside.
  package func positions(of columns: [Field]) -> [Int?] {
    let simple = names.map(Self.simplified)
    return columns.map { simple.firstIndex(of: Self.simplified($0.name)) }
  }

  /// Names that are none of `columns`.
  package func names(not columns: [Field]) -> [String] {
    let known = Set(columns.map { Self.simplified($0.name) })
    return names.filter { !known.contains(Self.simplified($0)) }
  }

  private static func simplified(_ name: String) -> String {
    let letters = name.lowercased().unicodeScalars.filter {
      $0.properties.isAlphabetic || $0.properties.numericType != nil
    }
    return letters.isEmpty ? name : String(String.UnicodeScalarView(letters))
  }
}

extension CSVHeader {
  init(_ record: CSVRecord, in splitter: CSVSplitter) {
    text = Array(splitter.buffer[Int(record.start)..<Int(record.end)])
    names = splitter.fields[record.firstField..<(record.firstField + record.fieldCount)].map {
      String(decoding: splitter.buffer[Int($0.start)..<Int($0.end)], as: UTF8.self)
    }
  }
}
