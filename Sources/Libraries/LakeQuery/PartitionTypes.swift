import Bronze
import Columnar
import Core
import Delta

/// The columns that folders called `column=value` give foreign files, typed as Spark types them:
/// INT, BIGINT, DECIMAL, DOUBLE, DATE, TIMESTAMP, else STRING, whichever holds all values.
enum PartitionTypes {
  /// The columns of `files`, the outermost folder's first; `.data` when folders differ in them.
  static func fields(of files: [RawFile]) throws(Fault) -> [Field] {
    guard let first = files.first else { return [] }
    let names = first.partition.map(\.column)
    var types = [DataType](repeating: .null, count: names.count)
    for file in files {
      guard file.partition.map(\.column) == names else {
        throw Fault(
          .data, at: Place(file.path),
          "its folders give it columns (\(list(file.partition.map(\.column)))), those of "
            + "\(first.path) others (\(list(names)))",
          remedy: "read folders of one layout at a time")
      }
      for (index, folder) in file.partition.enumerated() {
        types[index] = merged(types[index], type(of: folder.value))
      }
    }
    return zip(names, types).map { Field($0, $1 == .null ? .string : $1) }
  }

  private static func list(_ names: [String]) -> String {
    names.isEmpty ? "none" : names.joined(separator: ", ")
  }

  private static func type(of text: String?) -> DataType {
    guard let text else { return .null }
    if Int32(text) != nil { return .int }
    if Int64(text) != nil { return .bigint }
    let hasDigit = text.utf8.contains { digitValue($0) <= 9 }
    if hasDigit, !text.contains(where: \.isWhitespace) {
      if let number = Decimal(parsing: text), number.scale == 0 {
        let digits = String(number.unscaled.magnitude).utf8.count
        return .decimal(precision: max(digits, 1), scale: 0)
      }
      // `1d` is a number to a cast, and a name to a folder.
      if text.last?.isLetter != true, Double(parsing: text) != nil { return .double }
    }
    if text == "NaN" || text == "Infinity" || text == "-Infinity" { return .double }
    if CivilDate(isoText: text) != nil { return .date }
    // An instant has its day, a blank and a time with seconds.
    if text.utf8.count >= 19, text.dropFirst(10).first == " ",
      CivilDate(isoText: text.prefix(10)) != nil, Timestamp(parsing: text) != nil
    {
      return .timestamp
    }
    return .string
  }

  private static func merged(_ left: DataType, _ right: DataType) -> DataType {
    switch (left, right) {
    case (.null, let type), (let type, .null): type
    case (let left, let right) where left == right: left
    case (.int, .bigint), (.bigint, .int): .bigint
    case (.int, .double), (.double, .int): .double
    case (.decimal(let precision, _), .int), (.int, .decimal(let precision, _)):
      .decimal(precision: max(precision, 10), scale: 0)
    case (.decimal(let precision, _), .bigint), (.bigint, .decimal(let precision, _)):
      .decimal(precision: max(precision, 20), scale: 0)
    case (.decimal(let left, _), .decimal(let right, _)):
      .decimal(precision: max(left, right), scale: 0)
    case (.date, .timestamp), (.timestamp, .date): .timestamp
    // What a double would round, or what is of another kind, stays as it is written.
    default: .string
    }
  }
}
