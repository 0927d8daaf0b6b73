import Columnar
import Core

extension FunctionCatalog {
  /// Text functions computed row by row.
  static let textParts: [(String, ScalarBinding)] =
    [
      (
        "replace",
        growingFunction("replace", [.string, .string, .string], required: 2, .string) {
          values, meter in
          let new = values.count > 2 ? values[2].text : ""
          let text = replaced(values[0].text, values[1].text, new, meter)
          try meter.check()
          return .string(text)
        }
      ),
      (
        "translate",
        rowFunction("translate", [.string, .string, .string], .string) { values, _ in
          .string(translated(values[0].text, values[1].text, values[2].text))
        }
      ),
      ("reverse", reversal),
      (
        "repeat",
        growingFunction("repeat", [.string, .int], .string) { values, meter in
          // Of nothing no number of times makes anything, but each would cost its time.
          let text = values[0].text
          let times = text.isEmpty ? 0 : max(0, values[1].integer)
          try meter.take(times, of: text.utf8.count)
          return .string(String(repeating: text, count: times))
        }
      ),
      (
        "initcap",
        rowFunction("initcap", [.string], .string) { values, _ in
          .string(
            values[0].text.split(separator: " ", omittingEmptySubsequences: false).map {
              $0.prefix(1).uppercased() + $0.dropFirst().lowercased()
            }.joined(separator: " "))
        }
      ),
      ("lpad", padding("lpad", atStart: true)), ("rpad", padding("rpad", atStart: false)),
      (
        "space",
        growingFunction("space", [.int], .string) { values, meter in
          let count = max(0, values[0].integer)
          try meter.take(count)
          return .string(String(repeating: " ", count: count))
        }
      ),
      (
        "instr",
        rowFunction("instr", [.string, .string], .int) { values, _ in
          .integer(Int64(position(of: values[1].text, in: values[0].text, from: 1)))
        }
      ),
      ("locate", locate("locate")), ("position", locate("position")),
      ("charindex", locate("charindex")),
      (
        "split_part",
        rowFunction("split_part", [.string, .string, .int], .string) { values, _ in
          try splitPart(values)
        }
      ),
      (
        "substring_index",
        rowFunction("substring_index", [.string, .string, .int], .string) {
          values, _ in .string(substringIndex(values[0].text, values[1].text, values[2].integer))
        }
      ),
      (
        "overlay",
        rowFunction(
          "overlay", .takes(.text, .text, .of(.int), optional: .of(.int)),
          [.string, .string, .int, .int], .string, evaluate: overlay)
      ),
      (
        "find_in_set",
        rowFunction("find_in_set", [.string, .string], .int) { values, _ in
          let items = values[1].text.split(separator: ",", omittingEmptySubsequences: false)
          return .integer(Int64((items.firstIndex { $0 == values[0].text } ?? -1) + 1))
        }
      ),
      (
        "levenshtein",
        rowFunction("levenshtein", [.string, .string], .int) { values, _ in
          .integer(Int64(editDistance(values[0].text, values[1].text)))
        }
      ),
      ("char", character("char")), ("chr", character("chr")),
      ("hex", hexadecimal),
      (
        "unhex",
        rowFunction("unhex", [.string], .binary, mayAddNulls: true) { values, _ in
          let text = values[0].text
          return bytes(ofHex: text.utf8.count % 2 == 0 ? text : "0" + text).map { .binary($0) }
            ?? .null
        }
      ),
      (
        "base64",
        rowFunction("base64", [.binary], .string) { values, _ in
          .string(Radix64.text(values[0].bytes))
        }
      ),
      ("format_number", formatNumber),
    ]

  private static let reversal = ScalarBinding(
    .takes(.either([.trueArray, .exactly(.string), .exactly(.binary), .of(.string)]))
  ) { arguments throws(Refusal) in
    if case .array = arguments[0].type {
      let type = arguments[0].type
      return ScalarFunction(
        "reverse", [type], type,
        evaluate: rows(type) { values, _ in .list(values[0].elements.reversed()) })
    }
    if arguments[0].type == .binary {
      return ScalarFunction(
        "reverse", [.binary], .binary,
        evaluate: rows(.binary) { values, _ in .binary(values[0].bytes.reversed()) })
    }
    return try rowFunction("reverse", [.string], .string) { values, _ in
      .string(String(String.UnicodeScalarView(values[0].text.unicodeScalars.reversed())))
    }(arguments)
  }

  private static func replaced(
    _ text: String, _ part: String, _ new: String, _ meter: GrowthMeter
  ) -> String {
    if part.isEmpty { return text }
    return text.withTextBytes { text in
      part.withTextBytes { part in
        var result: [UInt8] = []
        var from = 0
        while let at = firstOffset(of: part, in: text, from: from) {
          guard meter.hasRoom(for: new.utf8.count) else { return "" }
          result.append(contentsOf: text[from..<at])
          result.append(contentsOf: new.utf8)
          from = at + part.count
        }
        result.append(contentsOf: text[from...])
        return String(decoding: result, as: UTF8.self)
      }
    }
  }

  private static func translated(_ text: String, _ from: String, _ to: String) -> String {
    let targets = Array(to.unicodeScalars)
    var map: [Unicode.Scalar: Unicode.Scalar?] = [:]
    for (index, scalar) in from.unicodeScalars.enumerated() where map[scalar] == nil {
      map[scalar] = .some(index < targets.count ? targets[index] : nil)
    }
    var result = String.UnicodeScalarView()
    for scalar in text.unicodeScalars {
      if let target = map[scalar] {
        if let target { result.append(target) }
      } else {
        result.append(scalar)
      }
    }
    return String(result)
  }

  private static func padding(_ name: String, atStart: Bool) -> ScalarBinding {
    growingFunction(
      name, .takes(.text, .of(.int), optional: .text), [.string, .int, .string], .string
    ) { values, meter in
      let text = Array(values[0].text.unicodeScalars)
      let length = max(0, values[1].integer)
      let fill = Array((values.count > 2 ? values[2].text : " ").unicodeScalars)
      var result = String.UnicodeScalarView()
      if text.count >= length || fill.isEmpty {
        result.append(contentsOf: text.prefix(length))
        return .string(String(result))
      }
      // Each character is put together from one of four bytes.
      try meter.take(length - text.count, of: 4)
      let pad = (0..<length - text.count).map { fill[$0 % fill.count] }
      result.append(contentsOf: atStart ? pad + text : text + pad)
      return .string(String(result))
    }
  }

  /// `locate(part, text[, start])`.
  private static func locate(_ name: String) -> ScalarBinding {
    rowFunction(name, [.string, .string, .int], required: 2, .int) { values, _ in
      let start = values.count > 2 ? values[2].integer : 1
      return .integer(Int64(position(of: values[0].text, in: values[1].text, from: start)))
    }
  }

  /// The character position of `part`, from 1; 0 when it is not there.
  private static func position(of part: String, in text: String, from start: Int) -> Int {
    guard start > 0 else { return 0 }
    return text.withTextBytes { text in
      part.withTextBytes { part in
        let from = characters(text, from: 0, to: start - 1).upperBound
        guard let offset = firstOffset(of: part, in: text, from: from) else { return 0 }
        return characterCount(TextBytes(rebasing: text[..<offset])) + 1
      }
    }
  }

  private static func splitPart(_ values: [Scalar]) throws -> Scalar {
    let number = values[2].integer
    guard number != 0 else {
      throw dataFault("split_part wants a part other than 0", remedy: "parts are counted from 1")
    }
    let parts = pieces(of: values[0].text, values[1].text)
    let index = number > 0 ? number - 1 : parts.count + number
    return .string(parts.indices.contains(index) ? parts[index] : "")
  }

  private static func pieces(of text: String, _ separator: String) -> [String] {
    if separator.isEmpty { return [text] }
    return text.withTextBytes { text in
      separator.withTextBytes { separator in
        var parts: [String] = []
        var from = 0
        while let at = firstOffset(of: separator, in: text, from: from) {
          parts.append(String(decoding: text[from..<at], as: UTF8.self))
          from = at + separator.count
        }
        return parts + [String(decoding: text[from...], as: UTF8.self)]
      }
    }
  }

  private static func substringIndex(_ text: String, _ separator: String, _ count: Int) -> String {
    if count == 0 || separator.isEmpty { return "" }
    let parts = pieces(of: text, separator)
    let kept = count > 0 ? parts.prefix(count) : parts.suffix(-count)
    return kept.joined(separator: separator)
  }

  @Sendable
  private static func overlay(_ values: [Scalar], _: EvaluationContext) throws -> Scalar {
    let text = Array(values[0].text.unicodeScalars)
    let new = Array(values[1].text.unicodeScalars)
    let length = values.count > 3 && values[3].integer >= 0 ? values[3].integer : new.count
    // What follows begins where a substring would: a negative place is counted from the end.
    let next = values[2].integer + length
    let rest = next > 0 ? next - 1 : next < 0 ? max(0, text.count + next) : 0
    var result = String.UnicodeScalarView()
    result.append(contentsOf: text.prefix(max(0, values[2].integer - 1)))
    result.append(contentsOf: new)
    result.append(contentsOf: text.dropFirst(rest))
    return .string(String(result))
  }

  private static func editDistance(_ left: String, _ right: String) -> Int {
    let a = Array(left.unicodeScalars)
    let b = Array(right.unicodeScalars)
    var row = Array(0...b.count)
    for i in 0..<a.count {
      var diagonal = row[0]
      row[0] = i + 1
      for j in 0..<b.count {
        let cost = min(row[j + 1] + 1, row[j] + 1, diagonal + (a[i] == b[j] ? 0 : 1))
        diagonal = row[j + 1]
        row[j + 1] = cost
      }
    }
    return row[b.count]
  }

  private static func character(_ name: String) -> ScalarBinding {
    rowFunction(name, [.bigint], .string) { values, _ in
      let code = values[0].integer
      if code < 0 { return .string("") }
      return .string(String(Unicode.Scalar(UInt8(code & 0xFF))))
    }
  }

  private static let hexadecimal = ScalarBinding(.takes(.any)) { arguments throws(Refusal) in
    let type: DataType =
      arguments[0].type.isNumeric ? .bigint : arguments[0].type == .binary ? .binary : .string
    try require(arguments[0], 0, .of(type))
    return ScalarFunction(
      "hex", [type], .string,
      evaluate: rows(.string) { values, _ in
        switch values[0] {
        case .integer(let value):
          .string(String(UInt64(bitPattern: value), radix: 16, uppercase: true))
        case .binary(let bytes): .string(hexText(bytes).uppercased())
        default: .string(hexText(values[0].text.utf8).uppercased())
        }
      })
  }

  /// `1,234.50`: thousands apart, rounded half even.
}
