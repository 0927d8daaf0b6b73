package import Columnar
package import Core

/// The record that names a file's fields.
package struct CSVHeader: Sendable, Equatable {
  /// Its text, UTF-8.
  package let text: [UInt8]
  /// Its names, as they stand there.
  package let names: [String]

  /// Which field each of `columns` is. A name without text, or one that stands twice and is no
  /// column, is told from others by its place, as Spark has it: `_c2`, `price1` and `price3`.
  package func match(_ columns: [Field]) -> FieldNames.Match {
    let known = FieldNames(columns.map(\.name))
    let told = CSVHeader.distinct(names)
    return known.match(
      names.indices.map { known.column(of: names[$0]) == nil ? told[$0] : names[$0] })
  }

  /// `names` so that each stands once.
  static func distinct(_ names: [String]) -> [String] {
    let counts = Dictionary(grouping: names) { $0.lowercased() }.mapValues(\.count)
    return names.enumerated().map { position, name in
      if name.isEmpty { return "_c\(position)" }
      return counts[name.lowercased(), default: 0] > 1 ? "\(name)\(position)" : name
    }
  }
}

extension CSVHeader {
  init(_ record: CSVRecord, in splitter: CSVSplitter) {
    text = Array(splitter.buffer[Int(record.start)..<Int(record.end)])
    names = splitter.fields[record.firstField..<(record.firstField + record.fieldCount)].map {
      let name = String(decoding: splitter.buffer[Int($0.start)..<Int($0.end)], as: UTF8.self)
      return $0.isEscaped ? name.replacing("\"\"", with: "\"") : name
    }
  }
}
