import Columnar
import Core

extension FunctionCatalog {
  /// LIKE and regular expressions.
  static let patterns: [(String, ScalarBinding)] =
    [
      ("like", like("like", foldsCase: false)), ("ilike", like("ilike", foldsCase: true)),
      ("rlike", regexTest("rlike")), ("regexp", regexTest("regexp")),
      ("regexp_like", regexTest("regexp_like")),
      (
        "regexp_replace",
        patternFunction("regexp_replace", [.string, .string, .string], .string) {
          regex, values, meter in
          .string(try replacing(regex, values[0].text, values[2].text, meter))
        }
      ),
      (
        "regexp_extract",
        extraction("regexp_extract", required: 2, .string) { regex, values, group in
          var result = ""
          values[0].text.withTextBytes { text in
            if regex.find(in: text, from: 0), let range = regex.range(group) {
              result = String(decoding: text[range], as: UTF8.self)
            }
          }
          return .string(result)
        }
      ),
      (
        "regexp_extract_all",
        extraction(
          "regexp_extract_all", required: 2, .array(element: .string, containsNull: true)
        ) { regex, values, group in
          var found: [Scalar] = []
          values[0].text.withTextBytes { text in
            regex.forEachMatch(in: text) { _ in
              found.append(
                .string(regex.range(group).map { String(decoding: text[$0], as: UTF8.self) } ?? ""))
              return true
            }
          }
          return .list(found)
        }
      ),
      (
        "regexp_substr",
        patternFunction("regexp_substr", [.string, .string], .string) {
          regex, values, _ in
          values[0].text.withTextBytes { text in
            // What matches without a sign is as good as none, to Spark.
            guard regex.find(in: text, from: 0), let range = regex.range(0), !range.isEmpty
            else { return .null }
            return .string(String(decoding: text[range], as: UTF8.self))
          }
        }
      ),
      (
        "regexp_count",
        patternFunction("regexp_count", [.string, .string], .int) { regex, values, _ in
          var count: Int64 = 0
          values[0].text.withTextBytes { text in
            regex.forEachMatch(in: text) { _ in
              count += 1
              return true
            }
          }
          return .integer(count)
        }
      ),
      (
        "regexp_instr",
        patternFunction("regexp_instr", [.string, .string], .int) { regex, values, _ in
          values[0].text.withTextBytes { text in
            guard regex.find(in: text, from: 0), let range = regex.range(0) else {
              return .integer(0)
            }
            let before = TextBytes(rebasing: text[..<range.lowerBound])
            return .integer(Int64(characterCount(before) + 1))
          }
        }
      ),
      ("split", split),
    ]

  // MARK: LIKE

  private static func like(_ name: String, foldsCase: Bool) -> ScalarBinding {
    function(name, [.string, .string, .string], required: 2, .boolean) { columns, count, _ in
      let present = validity(of: columns)
      let constant = columns[1].constantBytes.map { String(decoding: $0, as: UTF8.self) }
      if let constant, columns.count == 2, !foldsCase, present?.setCount != 0 {
        return matches(columns[0], try LikePattern(constant, escape: "\\"), present)
      }
      var patterns: [String: LikePattern] = [:]
      var result = [Bool](repeating: false, count: count)
      for row in 0..<count where present?[row] ?? true {
        var written = constant ?? columns[1].scalar(at: row).text
        let escape =
          columns.count > 2 ? columns[2].scalar(at: row).text.unicodeScalars.first ?? "\\" : "\\"
        if foldsCase { written = written.lowercased() }
        let pattern = try patterns[written] ?? LikePattern(written, escape: escape)
        patterns[written] = pattern
        result[row] =
          foldsCase
          ? columns[0].scalar(at: row).text.lowercased().withTextBytes(pattern.matches)
          : columns[0].withBytes { pattern.matches($0[row]) }
      }
      return Column(.boolean, count: count, validity: present, .boolean(result))
    }
  }

  private static func matches(
    _ column: Column, _ pattern: LikePattern, _ present: Bitmap?
  ) -> Column {
    let values = column.withBytes { view in
      fillRows(column.count) { (present?[$0] ?? true) && pattern.matches(view[$0]) }
    }
    return Column(.boolean, count: column.count, validity: present, .boolean(values))
  }

  // MARK: Regular expressions

  private static func regexTest(_ name: String) -> ScalarBinding {
    function(name, [.string, .string], .boolean) { columns, count, _ in
      let present = validity(of: columns)
      var table = PatternTable()
      let constant = try columns[1].constantBytes.map {
        try table.pattern(String(decoding: $0, as: UTF8.self))
      }
      var result = [Bool](repeating: false, count: count)
      for row in 0..<count where present?[row] ?? true {
        let regex = try constant ?? table.pattern(columns[1].scalar(at: row).text)
        result[row] = columns[0].withBytes { regex.isFound(in: $0[row]) }
        try regex.check()
      }
      return Column(.boolean, count: count, validity: present, .boolean(result))
    }
  }

  /// A function whose second argument is a pattern.
  private static func patternFunction(
    _ name: String, _ types: [DataType], required: Int? = nil, _ result: DataType,
    _ body: @escaping @Sendable (RegularExpression, [Scalar], GrowthMeter) throws -> Scalar
  ) -> ScalarBinding {
    function(name, types, required: required, result, mayAddNulls: true) {
      columns, count, context in
      let meter = GrowthMeter(name, context)
      let present = validity(of: columns)
      var table = PatternTable()
      let builder = ColumnBuilder(result, capacity: count)
      for row in 0..<count {
        guard present?[row] ?? true else {
          builder.appendNull()
          continue
        }
        let values = columns.map { $0.scalar(at: row) }
        let regex = try table.pattern(values[1].text)
        builder.append(try body(regex, values, meter))
        try regex.check()
      }
      return builder.finish()
    }
  }

  private static func extraction(
    _ name: String, required: Int, _ result: DataType,
    _ body: @escaping @Sendable (RegularExpression, [Scalar], Int) -> Scalar
  ) -> ScalarBinding {
    patternFunction(name, [.string, .string, .int], required: required, result) {
      regex, values, _ in
      let group = values.count > 2 ? values[2].integer : 1
      guard (0...regex.groupCount).contains(group) else {
        // Where nothing is found the group is not asked for.
        let finds = values[0].text.withTextBytes { regex.find(in: $0, from: 0) }
        guard finds else { return body(regex, values, 0) }
        throw dataFault(
          "the pattern '\(values[1].text)' has \(regex.groupCount) groups, not \(group)",
          remedy: "give a group the pattern has")
      }
      return body(regex, values, group)
    }
  }

  /// The text with each match replaced.
  private static func replacing(
    _ regex: RegularExpression, _ text: String, _ new: String, _ meter: GrowthMeter
  ) throws(Fault) -> String {
    let template = try ReplacementText(new, for: regex)
    let result = text.withTextBytes { text in
      var result: [UInt8] = []
      var from = 0
      regex.forEachMatch(in: text) { found in
        result.append(contentsOf: text[from..<found.lowerBound])
        let before = result.count
        template.append(to: &result, regex, text)
        from = found.upperBound
        return meter.hasRoom(for: result.count - before)
      }
      result.append(contentsOf: text[from...])
      return String(decoding: result, as: UTF8.self)
    }
    try meter.check()
    return result
  }

  /// `split(text, pattern[, limit])`.
  private static let split = patternFunction(
    "split", [.string, .string, .int], required: 2, .array(element: .string, containsNull: false)
  ) { regex, values, _ in
    let limit = values.count > 2 ? values[2].integer : -1
    var parts: [Scalar] = []
    values[0].text.withTextBytes { text in
      var from = 0
      regex.forEachMatch(in: text) { found in
        if limit > 0, parts.count == limit - 1 { return false }
        // An empty match at the start or the end splits nothing off.
        if found.isEmpty, found.lowerBound == 0 || found.lowerBound == text.count { return true }
        parts.append(.string(String(decoding: text[from..<found.lowerBound], as: UTF8.self)))
        from = found.upperBound
        return true
      }
      parts.append(.string(String(decoding: text[from...], as: UTF8.self)))
    }
    return .list(parts)
  }
}
