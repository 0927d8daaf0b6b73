import Columnar

/// A value for a message, as SQL has it.
func plain(_ value: Scalar) -> String {
  switch value {
  case .null: "NULL"
  case .string(let text): "'\(text)'"
  case .integer(let number): "\(number)"
  case .double(let number): "\(number)"
  case .boolean(let flag): "\(flag)"
  case .decimal(let number): "\(number)"
  case .date(let date): "\(date)"
  case .timestamp(let moment): "\(moment)"
  default: "\(value)"
  }
}
