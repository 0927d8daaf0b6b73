import Core
import JSON

/// What a table's commits keep of the way that a cursor has gone.
struct CursorState: Equatable {
  /// What cursor columns hold.
  enum Kind: String {
    /// Instants, as times are written or as numbers that databases keep time in.
    case time
    /// Whole numbers that grow.
    case number
  }

  /// A place that is behind all rows only when the transactions of `moment` have ended.
  struct Pending: Equatable {
    let place: Int64
    let moment: Timestamp
  }

  var kind: Kind
  /// How far the rows are taken: microseconds since 1970, or the number itself. The next window
  /// begins so much before as rows may come late.
  var low: Int64
  var pending: Pending?
  /// The cursor columns with their declared types.
  var types: [String]
  /// The table's columns as bronze calls them.
  var columns: [String]
  /// How many rows are known that are not deleted.
  var rowCount: Int
  /// The `__sequence` of the last change row, and the latest time that one bears.
  var sequence: Int64
  var moment: Timestamp

  init(
    kind: Kind, low: Int64, types: [String], columns: [String], sequence: Int64, moment: Timestamp
  ) {
    self.kind = kind
    self.low = low
    self.types = types
    self.columns = columns
    self.sequence = sequence
    self.moment = moment
    rowCount = 0
  }

  /// The state that a commit keeps; nil when its rows were found in another way.
  init?(_ state: JSONValue) {
    guard let kept = state[CursorState.key], let kind = kept["kind"]?.string.flatMap(Kind.init),
      let low = kept["low"]?.int64, let types = kept["types"]?.array?.compactMap(\.string),
      let columns = kept["columns"]?.array?.compactMap(\.string),
      let sequence = kept["sequence"]?.int64, let moment = kept["moment"]?.int64
    else { return nil }
    self.init(
      kind: kind, low: low, types: types, columns: columns, sequence: sequence,
      moment: Timestamp(microseconds: moment))
    rowCount = kept["rows"]?.int ?? 0
    if let place = kept["pending"]?["place"]?.int64, let at = kept["pending"]?["moment"]?.int64 {
      pending = Pending(place: place, moment: Timestamp(microseconds: at))
    }
  }

  /// The state as a commit keeps it.
  var json: JSONValue {
    var members: [(String, JSONValue)] = [
      ("kind", .string(kind.rawValue)), ("low", JSONValue(low)),
      ("types", .array(types.map { .string($0) })),
      ("columns", .array(columns.map { .string($0) })), ("rows", JSONValue(rowCount)),
      ("sequence", JSONValue(sequence)), ("moment", JSONValue(moment.microseconds)),
    ]
    if let pending {
      members.append(
        (
          "pending",
          .object(
            JSONObject([
              ("place", JSONValue(pending.place)),
              ("moment", JSONValue(pending.moment.microseconds)),
            ]))
        ))
    }
    return .object(JSONObject([(CursorState.key, .object(JSONObject(members)))]))
  }

  private static let key = "cursor"
}
