import Core
import Pages

/// All tables and what each is made from: a column a layer, curves between them.
struct LineagePage {
  private static let layers = ["source", "bronze", "silver", "gold", "warehouse"]
  private static let (boxWidth, boxHeight, gap, stride) = (190.0, 24.0, 8.0, 244.0)

  private let catalog: TableCatalog
  private let entries: [CatalogEntry]

  init(_ catalog: TableCatalog) {
    self.catalog = catalog
    entries = catalog.entries.filter { entry in
      entry.standing != .dropped && !(entry.upstream.isEmpty && entry.downstream.isEmpty)
        && Self.layers.contains(entry.layer)
    }
  }

  var html: String {
    var page = SitePage(title: "Lineage")
    page.eyebrow = "what is made from what"
    page.sections = [
      ("drawing", "All tables", drawing),
      ("list", "As a list", list),
    ]
    return page.html
  }

  private var drawing: Markup {
    guard !entries.isEmpty else { return "" }
    var places: [String: (x: Double, y: Double)] = [:]
    var tallest = 0
    for (column, layer) in Self.layers.enumerated() {
      let names = entries.filter { $0.layer == layer }.map { entry in
        (entry.name, above(entry, places))
      }.sorted { ($0.1, $0.0) < ($1.1, $1.0) }.map(\.0)
      tallest = max(tallest, names.count)
      for (row, name) in names.enumerated() {
        places[name] = (
          Double(column) * Self.stride + 1, 26 + Double(row) * (Self.boxHeight + Self.gap)
        )
      }
    }
    let height = Double(tallest) * (Self.boxHeight + Self.gap) + 30
    let edges = entries.flatMap { entry in
      entry.upstream.compactMap { edge(places[$0], places[entry.name], "\($0) → \(entry.name)") }
    }
    let heads = Self.layers.enumerated().map { column, layer -> Markup in
      "<text class=\"tick\" x=\"\(Double(column) * Self.stride + 1)\" y=\"12\">\(layer)</text>"
    }
    let boxes = places.sorted { $0.key < $1.key }.map { box($0.key, $0.value) }
    let width = Double(Self.layers.count - 1) * Self.stride + Self.boxWidth + 40
    return """
      <figure><div class="scroll wide" tabindex="0" role="region" aria-label="all tables">
      <svg viewBox="0 0 \(width) \(height)" role="group" aria-labelledby="drawing-title">
      <title id="drawing-title">\(counted(places.count, "table")), and what each is made from\
      </title>
      \(Markup.joined(heads))\(Markup.joined(edges))\(Markup.joined(boxes))</svg></div></figure>

      """
  }

  /// How far down the tables stand, on average, that an entry is made from.
  private func above(_ entry: CatalogEntry, _ places: [String: (x: Double, y: Double)]) -> Double {
    let known = entry.upstream.compactMap { places[$0]?.y }
    return known.isEmpty ? .infinity : known.reduce(0, +) / Double(known.count)
  }

  private func edge(
    _ from: (x: Double, y: Double)?, _ to: (x: Double, y: Double)?, _ words: String
  ) -> Markup? {
    guard let from, let to else { return nil }
    let (x1, y1) = (from.x + Self.boxWidth, from.y + Self.boxHeight / 2)
    let y2 = to.y + Self.boxHeight / 2
    // Tables of one layer are joined around the side.
    let x2 = to.x > from.x ? to.x : x1
    let (bend1, bend2) = to.x > from.x ? ((x1 + x2) / 2, (x1 + x2) / 2) : (x1 + 34, x1 + 34)
    return """
      <path class="edge" d="M\(x1) \(y1)C\(bend1) \(y1) \(bend2) \(y2) \(x2) \(y2)">\
      <title>\(words)</title></path>

      """
  }

  private func box(_ name: String, _ place: (x: Double, y: Double)) -> Markup {
    let bare = String(name.drop { $0 != "." }.dropFirst())
    let words = bare.count > 27 ? "\(bare.prefix(26))…" : bare
    return """
      <a href="\(SiteAddress.table(name))"><rect class="node" x="\(place.x)" y="\(place.y)" \
      width="\(Self.boxWidth)" height="\(Self.boxHeight)" rx="3"><title>\(name)</title></rect>\
      <text x="\(place.x + 8)" y="\(place.y + 16)">\(words)</text></a>

      """
  }

  private var list: Markup {
    let parts = SiteParts(catalog: catalog, depth: 0)
    let items = entries.filter { !$0.upstream.isEmpty }.map { entry -> Markup in
      let sources = SiteParts.list(entry.upstream.map(parts.table))
      return "<li>\(parts.table(entry.name)) from \(sources)</li>\n"
    }
    return items.isEmpty ? "" : "<ul>\(Markup.joined(items))</ul>"
  }
}
