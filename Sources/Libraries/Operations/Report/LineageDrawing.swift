import Core
import Pages

/// Which table is made from which: a column a layer, curves between them.
struct LineageDrawing {
  private static let layers = ["bronze", "silver", "gold", "warehouse"]
  private static let (boxWidth, boxHeight, gap, stride) = (178.0, 24.0, 8.0, 260.0)

  private let facts: OperationFacts
  private let troubles: [String: String]

  /// `troubles` are the styles of tables that are late or failing.
  init(_ facts: OperationFacts, troubles: [String: String]) {
    self.facts = facts
    self.troubles = troubles
  }

  var markup: Markup {
    let columns = columns
    var places: [String: (x: Double, y: Double)] = [:]
    let tallest = columns.map(\.count).max() ?? 0
    let height = Double(tallest) * (Self.boxHeight + Self.gap) + 28
    for (column, names) in columns.enumerated() {
      for (row, name) in names.enumerated() {
        places[name] = (
          Double(column) * Self.stride, 26 + Double(row) * (Self.boxHeight + Self.gap)
        )
      }
    }
    let edges = facts.inputs.sorted { $0.key < $1.key }.flatMap { output, inputs in
      inputs.sorted().compactMap { edge(places[$0], places[output], "\($0) → \(output)") }
    }
    let heads = Self.layers.enumerated().map { column, layer -> Markup in
      "<text class=\"tick\" x=\"\(Double(column) * Self.stride)\" y=\"12\">\(layer)</text>"
    }
    let boxes = places.sorted { $0.key < $1.key }.map { box($0.key, $0.value) }
    let width = Self.stride * 3 + Self.boxWidth + 2
    return """
      <figure><div class="scroll wide" tabindex="0" role="region" aria-label="lineage">\
      <svg viewBox="0 0 \(width) \(height)" role="img" aria-labelledby="lineage-title">\
      <title id="lineage-title">\(counted(places.count, "table")), and what each is made from\
      </title>\
      \(Markup.joined(heads))\(Markup.joined(edges))\(Markup.joined(boxes))</svg></div></figure>
      """
  }

  /// The tables of each layer, each as near as can be to those that it is made from.
  private var columns: [[String]] {
    let names = Set(facts.inputs.keys).union(facts.inputs.values.flatMap(\.self))
    var columns = Self.layers.map { layer in names.filter { $0.hasPrefix("\(layer).") }.sorted() }
    for column in 1..<columns.count {
      let before = Dictionary(
        columns[..<column].flatMap { list in
          list.enumerated().map { ($0.element, Double($0.offset) / Double(max(1, list.count))) }
        }, uniquingKeysWith: { $1 })
      let places = columns[column].map { name -> (name: String, at: Double) in
        let known = (facts.inputs[name] ?? []).compactMap { before[$0] }
        return (name, known.isEmpty ? 1 : known.reduce(0, +) / Double(known.count))
      }
      columns[column] = places.sorted { ($0.at, $0.name) < ($1.at, $1.name) }.map(\.name)
    }
    return columns
  }

  private func edge(
    _ from: (x: Double, y: Double)?, _ to: (x: Double, y: Double)?, _ words: String
  ) -> Markup? {
    guard let from, let to else { return nil }
    let (x1, y1) = (from.x + Self.boxWidth, from.y + Self.boxHeight / 2)
    let (x2, y2) = (to.x, to.y + Self.boxHeight / 2)
    // Tables of one layer are joined around the side.
    guard x2 > x1 else {
      return """
        <path class="edge" d="M\(x1) \(y1)C\(x1 + 34) \(y1) \(x1 + 34) \(y2) \(x1) \(y2)">\
        <title>\(words)</title></path>
        """
    }
    let middle = (x1 + x2) / 2
    return """
      <path class="edge" d="M\(x1) \(y1)C\(middle) \(y1) \(middle) \(y2) \(x2) \(y2)">\
      <title>\(words)</title></path>
      """
  }

  private func box(_ name: String, _ place: (x: Double, y: Double)) -> Markup {
    let style = troubles[name].map { " \($0)" } ?? ""
    let words = name.drop { $0 != "." }.dropFirst()
    return """
      <rect class="node\(style)" x="\(place.x + 1)" y="\(place.y)" width="\(Self.boxWidth)" \
      height="\(Self.boxHeight)" rx="3"><title>\(name)</title></rect>\
      <text x="\(place.x + 9)" y="\(place.y + 16)">\(fitted(String(words), 25))</text>
      """
  }
}
