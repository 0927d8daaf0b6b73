import Core
import Pages

/// A page of the site: the frame that all have in common.
struct SitePage {
  /// What stands in the page's head, and tells that it is one of ours.
  static let generator = "Medallion catalog"

  var title: String
  var eyebrow: Markup = ""
  var lead: Markup = ""
  /// How many folders the page lies below the site's.
  var depth = 0
  var sections: [(id: String, title: String, body: Markup)] = []
  /// Behind everything else.
  var script: Markup = ""

  private static let pages = [
    ("index.html", "Tables"), ("search.html", "Search"), ("glossary.html", "Glossary"),
    ("lineage.html", "Lineage"), ("owners.html", "Owners"), ("check.html", "To do"),
    ("history.html", "History"),
  ]

  /// The way from this page to the site's folder.
  var root: String { String(repeating: "../", count: depth) }

  var html: String {
    let links = Self.pages.map { path, name -> Markup in
      "<li><a href=\"\(root)\(path)\">\(name)</a></li>"
    }
    let shown = sections.filter { !$0.body.html.isEmpty }
    let inner = shown.map { section -> Markup in
      "<li><a href=\"#\(section.id)\">\(section.title)</a></li>"
    }
    let contents: Markup =
      shown.count < 3
      ? ""
      : "<nav class=\"inner\" aria-label=\"on this page\"><ul>\(Markup.joined(inner))</ul></nav>"
    let bodies = shown.map { section -> Markup in
      """
      <section aria-labelledby="\(section.id)"><h2 id="\(section.id)">\(section.title)</h2>
      \(section.body)</section>

      """
    }
    let page: Markup = """
      <!DOCTYPE html>
      <html lang="en">
      <head>
      <meta charset="utf-8">
      <meta name="viewport" content="width=device-width, initial-scale=1">
      <meta name="generator" content="\(Self.generator)">
      <meta name="referrer" content="no-referrer">
      <title>\(title)</title>
      <link rel="stylesheet" href="\(root)style.css">
      </head>
      <body>
      <header>
      <nav aria-label="catalog"><ul>\(Markup.joined(links))</ul></nav>
      <p class="eyebrow">\(eyebrow)</p>
      <h1>\(title)</h1>
      \(lead)
      \(contents)
      </header>
      <main>
      \(Markup.joined(bodies))</main>
      <footer><p>Made from job files, logs and run events by Medallion \(Medallion.version).</p>\
      </footer>
      \(script)</body>
      </html>

      """
    return page.html
  }

  /// The style sheet of all pages.
  static let css =
    PageStyle.css
      + """

      header nav ul{margin-top:0}
      header{padding-top:1.2rem}
      .tiles+.inner{margin-top:1.4rem}.inner{font-size:.92rem}
      h1,td,th,dd,li{overflow-wrap:anywhere}
      .facts{display:grid;grid-template-columns:max-content 1fr;gap:.25rem 1.4rem;margin:1rem 0}
      .facts dt{color:var(--soft)}.facts dd{margin:0}
      .tag{display:inline-block;border:1px solid var(--line);border-radius:3px;padding:0 .4em;
      font-size:.86em;margin:0 .25rem .15rem 0;background:var(--wash);white-space:nowrap}
      .label{border-color:var(--warnfill)}
      .made{color:var(--soft);font-size:.9em;margin:.2rem 0 0}
      td p{margin:0 0 .2rem}
      tr:target,section:target,article:target{background:var(--wash)}
      article{margin:1.6rem 0;scroll-margin-top:1rem}
      article h3{margin-bottom:.1rem}
      .columns tbody th{font-family:ui-monospace,"SF Mono",Menlo,Consolas,monospace;font-size:.92em}
      .columns td.type{font-size:.86em;min-width:7.5rem}.level{white-space:nowrap}
      .columns td.text{min-width:16rem}
      svg a text{fill:var(--accent)}svg .here{stroke:var(--ink);stroke-width:1.5}
      input[type=search]{font:inherit;width:100%;max-width:32rem;padding:.5rem .7rem;color:inherit;
      background:var(--wash);border:1px solid var(--line);border-radius:3px}
      .hits{list-style:none;padding:0}.hits li{padding:.3rem 0;border-bottom:1px solid var(--line)}
      summary{cursor:pointer;padding:.3rem 0}
      @media (max-width:40rem){.facts{grid-template-columns:1fr;gap:0}.facts dd{margin-bottom:.5rem}
      .columns thead{display:none}.columns tr{display:block;padding:.5rem 0;
      border-bottom:1px solid var(--line)}
      .columns td,.columns th{display:block;border:0;padding:.1rem 0;text-align:left}
      .columns td:empty,.columns td.n{display:none}.columns td.n+td:not(.n){padding-left:0}}

      """
}
