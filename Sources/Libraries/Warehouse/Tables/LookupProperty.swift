import Columnar
import Core

/// Reads what a property `lookup.<column>` says: the dimension and the columns of its natural key,
/// then in any order
///
///     AS OF <column>                       the moment whose version counts
///     NOT APPLICABLE IF NULL [OR BLANK]    no key means that there is no such thing
///     INVALID IF <column>                  the key is no key where this BOOLEAN is true
///     ELSE UNKNOWN | INFER | SUSPEND       what becomes of a row whose member is not here yet
struct LookupProperty {
  private let column: String
  private let text: String
  private let schema: Schema
  private let fault: (_ problem: String, _ remedy: String) -> Fault

  private static let example = "write it as 'dim_customer(customer_id) AS OF event_time'"

  init(
    _ column: String, _ text: String, _ schema: Schema,
    fault: @escaping (_ problem: String, _ remedy: String) -> Fault
  ) {
    self.column = column
    self.text = text
    self.schema = schema
    self.fault = fault
  }

  func read() throws(Fault) -> WarehouseTable.Lookup {
    guard let open = text.firstIndex(of: "("), let close = text.firstIndex(of: ")"), open < close
    else { throw noLookup }
    let dimension = String(text[..<open].trimmed)
    guard DimensionColumns.isDimension(dimension) else { throw noLookup }
    var lookup = WarehouseTable.Lookup(
      column: column, dimension: dimension,
      naturalColumns: try naturalColumns(text[text.index(after: open)..<close]), asOf: nil)
    var words = text[text.index(after: close)...].split(whereSeparator: \.isWhitespace)
      .map(String.init)[...]
    while !words.isEmpty { try readClause(&words, into: &lookup) }
    return lookup
  }

  private var noLookup: Fault { fault("'lookup.\(column)' = '\(text)' is no lookup", Self.example) }

  private func naturalColumns(_ list: Substring) throws(Fault) -> [String] {
    var columns: [String] = []
    for part in list.split(separator: ",") {
      let name = String(part.trimmed)
      guard let field = field(name) else {
        throw fault(
          "'lookup.\(column)' names \(name), which the SELECT does not give", Self.example)
      }
      columns.append(field.name)
    }
    return columns
  }

  private func readClause(
    _ words: inout ArraySlice<String>, into lookup: inout WarehouseTable.Lookup
  ) throws(Fault) {
    if take("AS OF", from: &words), lookup.asOf == nil {
      lookup.asOf = try column(from: &words, of: .timestamp)
    } else if take("NOT APPLICABLE IF NULL", from: &words), lookup.absence == .missing {
      lookup.absence = take("OR BLANK", from: &words) ? .notApplicable : .nullIsNotApplicable
    } else if take("INVALID IF", from: &words), lookup.invalidColumn == nil {
      lookup.invalidColumn = try column(from: &words, of: .boolean)
    } else if take("ELSE", from: &words), lookup.orElse == nil {
      guard let word = words.popFirst(),
        let policy = WarehouseTable.MissingMember(rawValue: word.lowercased())
      else {
        throw fault(
          "'lookup.\(column)' = '\(text)' does not say what else",
          "say ELSE UNKNOWN, ELSE INFER or ELSE SUSPEND")
      }
      lookup.orElse = policy
    } else {
      throw noLookup
    }
  }

  /// Takes the words of `phrase`, in any letter case; false when others stand there.
  private func take(_ phrase: String, from words: inout ArraySlice<String>) -> Bool {
    let wanted = phrase.split(separator: " ").map { $0.lowercased() }
    guard words.prefix(wanted.count).map({ $0.lowercased() }) == wanted else { return false }
    words.removeFirst(wanted.count)
    return true
  }

  private func column(
    from words: inout ArraySlice<String>, of type: DataType
  ) throws(Fault) -> String {
    guard let word = words.popFirst() else { throw noLookup }
    guard let field = field(word), field.type == type else {
      throw fault("'lookup.\(column)': \(word) is no \(type.sql) of the SELECT", Self.example)
    }
    return field.name
  }

  private func field(_ name: String) -> Field? {
    schema.index(of: name).map { schema.fields[$0] }
  }
}
