package import Columnar

extension DataType {
  /// What an INTERVAL literal is to a function: how many months, days and microseconds.
  package static let interval = DataType.structure([
    Field("months", .int, isNullable: false), Field("days", .int, isNullable: false),
    Field("microseconds", .bigint, isNullable: false),
  ])
}
