import Core
import Pages

/// What an entry is made from, to the left of it, and what is made from it, to the right: two steps
/// either way.
struct NeighbourDrawing {
  private static let (boxWidth, boxHeight, gap, stride) = (190.0, 24.0, 8.0, 240.0)
  private static let mostBoxes = 14

  private let parts: SiteParts
  private let entry: CatalogEntry

  init(_ entry: CatalogEntry, _ parts: SiteParts) {
    self.entry = entry
    self.parts = parts
  }

  var markup: Markup {
    let columns = columns
    guard columns.count > 1 else { return "" }
    let tallest = columns.map(\.names.count).max() ?? 1
    let height = Double(tallest) * (Self.boxHeight + Self.gap) + 8
    var places: [String: (x: Double, y: Double)] = [:]
    for (position, column) in columns.enumerated() {
      let top = (height - Double(column.names.count) * (Self.boxHeight + Self.gap)) / 2
      for (row, name) in column.names.enumerated() {
        places[name] = (
          Double(position) * Self.stride + 1, top + Double(row) * (Self.boxHeight + Self.gap)
        )
      }
    }
    let edges = places.keys.sorted().flatMap { name in
      (parts.catalog.entry(named: name)?.upstream ?? []).compactMap {
        edge(places[$0], places[name], "\($0) → \(name)")
      }
    }
    let boxes = places.sorted { $0.key < $1.key }.map { box($0.key, $0.value) }
    let left = columns.compactMap(\.more).map { "\($0) more" }
    let note: Markup =
      left.isEmpty ? "" : "<figcaption>Not drawn: \(left.joined(separator: ", ")).</figcaption>"
    let width = Double(columns.count - 1) * Self.stride + Self.boxWidth + 2
    return """
      <figure><div class="scroll wide" tabindex="0" role="region" aria-label="lineage">
      <svg viewBox="0 0 \(width) \(height)" role="group" aria-labelledby="drawing-title">
      <title id="drawing-title">what \(entry.name) is made from, and what is made from it</title>
      \(Markup.joined(edges))\(Markup.joined(boxes))</svg></div>\(note)</figure>

      """
  }

  private var columns: [(names: [String], more: Int?)] {
    var seen: Set<String> = [entry.name]
    func next(_ names: [String], _ step: (CatalogEntry) -> [String]) -> [String] {
      Set(names.flatMap { parts.catalog.entry(named: $0).map(step) ?? [] }).sorted()
        .filter { seen.insert($0).inserted }
    }
    let left = next([entry.name], \.upstream)
    let right = next([entry.name], \.downstream)
    let farLeft = next(left, \.upstream)
    let farRight = next(right, \.downstream)
    return [farLeft, left, [entry.name], right, farRight].filter { !$0.isEmpty }.map { names in
      (
        Array(names.prefix(Self.mostBoxes)),
        names.count > Self.mostBoxes ? names.count - Self.mostBoxes : nil
      )
    }
  }

  private func edge(
    _ from: (x: Double, y: Double)?, _ to: (x: Double, y: Double)?, _ words: String
  ) -> Markup? {
    guard let from, let to, from.x != to.x else { return nil }
    let (x1, y1) = (from.x + Self.boxWidth, from.y + Self.boxHeight / 2)
    let (x2, y2) = (to.x, to.y + Self.boxHeight / 2)
    let middle = (x1 + x2) / 2
    return """
      <path class="edge" d="M\(x1) \(y1)C\(middle) \(y1) \(middle) \(y2) \(x2) \(y2)">\
      <title>\(words)</title></path>

      """
  }

  private func box(_ name: String, _ place: (x: Double, y: Double)) -> Markup {
    let words = name.count > 27 ? "…\(name.suffix(26))" : name
    let style = name == entry.name ? "node here" : "node"
    let shape: Markup = """
      <rect class="\(style)" x="\(place.x)" y="\(place.y)" width="\(Self.boxWidth)" \
      height="\(Self.boxHeight)" rx="3"><title>\(name)</title></rect>\
      <text x="\(place.x + 8)" y="\(place.y + 16)">\(words)</text>
      """
    guard name != entry.name, parts.catalog.entry(named: name) != nil else { return shape + "\n" }
    let address = String(repeating: "../", count: parts.depth) + SiteAddress.table(name)
    return "<a href=\"\(address)\">\(shape)</a>\n"
  }
}
