import Columnar
import Core

extension FunctionCatalog {
  /// Arrays, maps and structures.
  static let collections: [(String, ScalarBinding)] =
    arrayMakers + elementKeepers + [
      ("size", size("size")), ("cardinality", size("cardinality")),
      ("array_size", size("array_size")),
      ("[]", element("[]", base: 0, isStrict: true)),
      ("get", element("get", base: 0, isStrict: false)),
      ("element_at", element("element_at", base: 1, isStrict: true)),
      ("try_element_at", element("try_element_at", base: 1, isStrict: false)),
      ("array_member", arrayMember),
      ("array_contains", search("array_contains", .boolean) { .boolean($0 != nil) }),
      ("array_position", search("array_position", .bigint) { .integer(Int64(($0 ?? -1) + 1)) }),
      ("sort_array", sorting("sort_array")), ("array_sort", sorting("array_sort")),
      ("array_min", arrayExtreme("array_min") { $0 < 0 }),
      ("array_max", arrayExtreme("array_max") { $0 > 0 }),
      (
        "array_join",
        growingFunction(
          "array_join",
          .takes(.of(textArray), .exactly(.string), optional: .exactly(.string)),
          [textArray, .string, .string], .string
        ) { values, meter in
          let elements = values[0].elements
          let filler = values.count > 2 ? values[2].text.utf8.count : 0
          try meter.take(elements.count, of: values[1].text.utf8.count + filler)
          let texts = elements.compactMap { element -> String? in
            element.isNull ? (values.count > 2 ? values[2].text : nil) : element.text
          }
          return .string(texts.joined(separator: values[1].text))
        }
      ),
      ("array_union", arrayPair("array_union") { distinct($0 + $1) }),
      (
        "array_intersect",
        arrayPair("array_intersect") { a, b in
          let other = Set(b)
          return distinct(a.filter { other.contains($0) })
        }
      ),
      (
        "array_except",
        arrayPair("array_except") { a, b in
          let other = Set(b)
          return distinct(a.filter { !other.contains($0) })
        }
      ),
      (
        "arrays_overlap",
        ScalarBinding(.takes(.trueArray, .trueArray)) { arguments throws(Refusal) in
          let common = try requireCommonKind(arguments)
          return ScalarFunction(
            "arrays_overlap", [common, common], .boolean, mayAddNulls: true,
            evaluate: rows(.boolean) { values, _ in
              let a = values[0].elements
              let b = values[1].elements
              let other = Set(b.filter { !$0.isNull })
              if a.contains(where: { other.contains($0) }) { return .boolean(true) }
              let mayMatch = !a.isEmpty && !b.isEmpty && (a + b).contains(.null)
              return mayMatch ? .null : .boolean(false)
            })
        }
      ),
      (
        "slice",
        ScalarBinding(.takes(.array, .of(.int), .of(.int))) { arguments in
          let type = arguments[0].type
          return ScalarFunction(
            "slice", [type, .int, .int], type,
            evaluate: rows(type) { values, _ in
              let elements = values[0].elements
              let start = values[1].integer
              guard start != 0, values[2].integer >= 0 else {
                throw dataFault(
                  "slice wants a start other than 0 and a length", remedy: "count from 1")
              }
              let first = start > 0 ? start - 1 : elements.count + start
              guard first >= 0 else { return .list([]) }
              return .list(Array(elements.dropFirst(first).prefix(values[2].integer)))
            })
        }
      ),
      (
        "flatten",
        ScalarBinding(.takes(.trueArray)) { arguments throws(Refusal) in
          let outer = try arrayType(arguments[0])
          guard case .array = outer.element else {
            throw .wrongArguments("wants an array of arrays")
          }
          return ScalarFunction(
            "flatten", [outer.type], outer.element, mayAddNulls: true,
            evaluate: rows(outer.element) { values, _ in
              values[0].elements.contains(.null)
                ? .null : .list(values[0].elements.flatMap(\.elements))
            })
        }
      ),
      ("map_keys", mapPart("map_keys", 0)), ("map_values", mapPart("map_values", 1)),
    ]

  // MARK: Types

  /// Refuses an argument that does not fit for what another one is.
  static func require(
    _ argument: Argument, _ index: Int, _ kind: Parameters.Kind
  ) throws(Refusal) {
    guard kind.fitting(argument) != nil else { throw mismatch(index, argument, kind.words) }
  }

  static func arrayType(
    _ argument: Argument
  ) throws(Refusal) -> (type: DataType, element: DataType) {
    guard case .array(let element, _) = argument.type else {
      throw .wrongArguments("wants an array, not \(argument.type.sql)")
    }
    return (argument.type, element)
  }

  private static func arrayPair(
    _ name: String, _ body: @escaping @Sendable ([Scalar], [Scalar]) -> [Scalar]
  ) -> ScalarBinding {
    ScalarBinding(.takes(.trueArray, .trueArray)) { arguments throws(Refusal) in
      let type = try requireCommonKind(arguments)
      return ScalarFunction(
        name, [type, type], type,
        evaluate: rows(type) { values, _ in .list(body(values[0].elements, values[1].elements)) })
    }
  }

  private static func distinct(_ values: [Scalar]) -> [Scalar] {
    var seen: Set<Scalar> = []
    return values.filter { seen.insert($0).inserted }
  }

  // MARK: Size and elements

  private static func size(_ name: String) -> ScalarBinding {
    ScalarBinding(.takes(name == "array_size" ? .array : .either([.collection, .array]))) {
      arguments in
      ScalarFunction(name, [arguments[0].type], .int, isTotal: true) { columns, count, _ in
        Column(
          .int, count: count, validity: columns[0].validity,
          .int32(fillRows(count) { Int32(columns[0].listRange($0).count) }))
      }
    }
  }

  /// `a[i]`, `get`, `element_at` and `m[key]`.
  private static func element(_ name: String, base: Int, isStrict: Bool) -> ScalarBinding {
    ScalarBinding(.takes(name == "get" ? .trueArray : .collection, .any)) {
      arguments throws(Refusal) in
      if case .map(let key, let value, _) = arguments[0].type {
        let isOperator = name == "[]"
        try require(
          arguments[1], 1,
          isOperator ? .of(key) : key.isNumeric ? .trueNumber : .exactly(key))
        return mapElement(name, arguments[0].type, key, value)
      }
      let (type, element) = try arrayType(arguments[0])
      try require(
        arguments[1], 1, base == 1 ? .narrow(.int) : name == "[]" ? .whole : .of(.int))
      return ScalarFunction(name, [type, .int], element, mayAddNulls: true) { columns, count, _ in
        let present = validity(of: columns)
        let numbers = columns[1].int32s
        let places = try fillRows(count) { row -> Int32 in
          guard present?[row] ?? true else { return -1 }
          let range = columns[0].listRange(row)
          let number = Int(numbers[row])
          let index = number >= 0 ? number - base : base == 1 ? range.count + number : -1
          if base == 1, number == 0 {
            throw dataFault("element_at counts from 1, not 0", remedy: "use get for a count from 0")
          }
          if index >= 0, index < range.count { return Int32(range.lowerBound + index) }
          guard isStrict else { return -1 }
          throw dataFault(
            "index \(number) is out of the bounds of an array of \(range.count) elements",
            remedy: base == 1 ? "use try_element_at to get NULL" : "use get to get NULL")
        }
        return columns[0].listElements.takingOrNull(places)
      }
    }
  }

  private static func mapElement(
    _ name: String, _ map: DataType, _ key: DataType, _ value: DataType
  ) -> ScalarFunction {
    ScalarFunction(name, [map, key], value, mayAddNulls: true) { columns, count, _ in
      guard case .structure(let pair) = columns[0].listElements.values else { return columns[1] }
      let present = validity(of: columns)
      let places = fillRows(count) { row -> Int32 in
        guard present?[row] ?? true else { return -1 }
        let found = columns[0].listRange(row).first {
          Column.order(pair[0], $0, columns[1], row) == 0
        }
        return Int32(found ?? -1)
      }
      return pair[1].takingOrNull(places)
    }
  }

  /// A member of each structure in an array, by its name.
  private static let arrayMember = ScalarBinding(
    .takes(.trueArray, .literal(.string))
  ) { arguments throws(Refusal) in
    let (type, element) = try arrayType(arguments[0])
    guard case .string(let name)? = arguments[1].literal,
      let position = Schema(element.fields).index(of: name)
    else { throw .wrongArguments("the array's elements have no such member") }
    let result = DataType.array(element: element.fields[position].type, containsNull: true)
    return ScalarFunction("array_member", [type, .string], result, isTotal: true) {
      columns, count, _ in
      guard case .list(let offsets, let elements) = columns[0].values,
        case .structure(let members) = elements.values
      else { return columns[0] }
      let member = members[position]
      let part = Column(
        member.type, count: member.count,
        validity: Bitmap.both(member.validity, elements.validity), member.values)
      return Column(
        result, count: count, validity: columns[0].validity,
        .list(offsets: offsets, elements: part))
    }
  }

  private static func search(
    _ name: String, _ result: DataType, _ body: @escaping @Sendable (Int?) -> Scalar
  ) -> ScalarBinding {
    ScalarBinding(.takes(.trueArray, .any)) { arguments throws(Refusal) in
      let (_, element) = try arrayType(arguments[0])
      let common = try requireCommonKind([Argument(element), arguments[1]])
      guard common.isOrderable else { throw .wrongArguments("\(common.sql) cannot be compared") }
      let array = DataType.array(element: common, containsNull: true)
      return ScalarFunction(
        name, [array, common], result, mayAddNulls: true, isTotal: true
      ) { columns, count, _ in
        let builder = ColumnBuilder(result, capacity: count)
        let elements = columns[0].listElements
        for row in 0..<count {
          guard !columns[0].isNull(row), !columns[1].isNull(row) else {
            builder.appendNull()
            continue
          }
          let range = columns[0].listRange(row)
          let found = range.first {
            !elements.isNull($0) && Column.order(elements, $0, columns[1], row) == 0
          }
          let isOpen = found == nil && result == .boolean && range.contains { elements.isNull($0) }
          builder.append(isOpen ? .null : body(found.map { $0 - range.lowerBound }))
        }
        return builder.finish()
      }
    }
  }

  // MARK: Order

  private static func sorting(_ name: String) -> ScalarBinding {
    let parameters: Parameters =
      name == "sort_array" ? .takes(.array, optional: .literal(.boolean)) : .takes(.trueArray)
    return ScalarBinding(parameters) { arguments throws(Refusal) in
      let (type, element) = try arrayType(arguments[0])
      guard element.isOrderable else { throw .wrongArguments("\(element.sql) has no order") }
      let types: [DataType] = arguments.count == 1 ? [type] : [type, .boolean]
      return ScalarFunction(name, types, type, isTotal: true) { columns, count, _ in
        guard case .list(let offsets, let elements) = columns[0].values else { return columns[0] }
        let nullsLast = name == "array_sort"
        var order: [Int32] = []
        order.reserveCapacity(elements.count)
        for row in 0..<count {
          let isDescending = columns.count > 1 && !columns[1].booleans[row]
          let sorted = columns[0].listRange(row).sorted { a, b in
            if nullsLast, elements.isNull(a) != elements.isNull(b) { return elements.isNull(b) }
            let order = Column.nullableOrder(elements, a, elements, b)
            return isDescending ? order > 0 : order < 0
          }
          order.append(contentsOf: sorted.map(Int32.init))
        }
        let first = offsets[0]
        return Column(
          type, count: count, validity: validity(of: columns),
          .list(offsets: mapRows(offsets) { $0 - first }, elements: elements.taking(order)))
      }
    }
  }

  private static func arrayExtreme(
    _ name: String, _ isBetter: @escaping @Sendable (Int) -> Bool
  ) -> ScalarBinding {
    ScalarBinding(.takes(.array)) { arguments throws(Refusal) in
      let (type, element) = try arrayType(arguments[0])
      guard element.isOrderable else { throw .wrongArguments("\(element.sql) has no order") }
      return ScalarFunction(name, [type], element, mayAddNulls: true, isTotal: true) {
        columns, count, _ in
        let elements = columns[0].listElements
        return elements.takingOrNull(
          fillRows(count) { row -> Int32 in
            guard !columns[0].isNull(row) else { return -1 }
            var best: Int?
            for place in columns[0].listRange(row) where !elements.isNull(place) {
              guard let known = best else {
                best = place
                continue
              }
              if isBetter(Column.order(elements, place, elements, known)) { best = place }
            }
            return Int32(best ?? -1)
          })
      }
    }
  }

  private static func mapPart(_ name: String, _ position: Int) -> ScalarBinding {
    ScalarBinding(.takes(.map)) { arguments throws(Refusal) in
      guard case .map(let key, let value, let hasNulls) = arguments[0].type else {
        throw .wrongArguments("wants a map, not \(arguments[0].type.sql)")
      }
      let result = DataType.array(
        element: position == 0 ? key : value, containsNull: position == 1 && hasNulls)
      return ScalarFunction(name, [arguments[0].type], result, isTotal: true) {
        columns, count, _ in
        guard case .list(let offsets, let elements) = columns[0].values,
          case .structure(let pair) = elements.values
        else { return columns[0] }
        return Column(
          result, count: count, validity: columns[0].validity,
          .list(offsets: offsets, elements: pair[position]))
      }
    }
  }
}
