import Core
import LakeJobs
import Pages

/// Everything by name on one page: it can be read, and searched by the reader's own browser; where
/// scripts run, a field finds what all words stand in.
struct SearchPage {
  private let catalog: TableCatalog
  private let parts: SiteParts

  init(_ catalog: TableCatalog) {
    self.catalog = catalog
    parts = SiteParts(catalog: catalog, depth: 0)
  }

  var html: String {
    var page = SitePage(title: "Search")
    page.eyebrow = "tables, columns and terms by name"
    page.lead = "<div id=\"ask\"></div>"
    page.sections = [
      ("terms", "Terms", list(terms)), ("tables", "Tables", list(tables)),
      ("columns", "Columns", list(columns)),
    ]
    page.script = Self.script
    return page.html
  }

  private func list(_ items: [Markup]) -> Markup {
    items.isEmpty ? "" : "<ul class=\"hits\">\n\(Markup.joined(items))</ul>\n"
  }

  private var terms: [Markup] {
    catalog.glossary.terms.map { term in
      let also = term.synonyms.isEmpty ? "" : " (\(term.synonyms.joined(separator: ", ")))"
      return
        "<li>\(parts.term(term.name))\(also) <span class=\"soft\">\(term.summary)</span></li>\n"
    }
  }

  private var tables: [Markup] {
    catalog.entries.map { entry in
      let words = [entry.kind.rawValue, entry.description ?? "", entry.owner ?? ""] + entry.terms
      let text = words.filter { !$0.isEmpty }.joined(separator: " · ")
      return "<li>\(parts.table(entry.name)) <span class=\"soft\">\(text)</span></li>\n"
    }
  }

  private var columns: [Markup] {
    catalog.entries.flatMap { entry in
      entry.columns.map { ($0.name, entry.name, $0) }
    }.sorted { ($0.0.lowercased(), $0.1) < ($1.0.lowercased(), $1.1) }.map { name, table, column in
      let words = ([column.description ?? ""] + column.terms + column.labels)
        .filter { !$0.isEmpty }.joined(separator: " · ")
      return """
        <li>\(parts.column(name, of: table, name)) in \(table) \
        <span class="soft">\(words)</span></li>

        """
    }
  }

  /// Shows those items only that all words stand in.
  private static let script: Markup = """
    <script>
    (function () {
      var field = document.createElement("input");
      field.type = "search";
      field.setAttribute("aria-label", "words to look for");
      field.placeholder = "words to look for";
      document.getElementById("ask").appendChild(field);
      var items = Array.prototype.map.call(document.querySelectorAll(".hits li"), function (item) {
        return { item: item, text: item.textContent.toLowerCase() };
      });
      function look() {
        var words = field.value.toLowerCase().split(/\\s+/).filter(Boolean);
        items.forEach(function (one) {
          one.item.hidden = !words.every(function (word) { return one.text.indexOf(word) >= 0; });
        });
      }
      field.addEventListener("input", look);
      field.focus();
    })();
    </script>

    """
}
