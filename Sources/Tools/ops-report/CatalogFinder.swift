import Core
import Operations

/// Finds the catalog's site, so that a page can lead there.
struct CatalogFinder {
  private let site: String
  private let files: any FileSystem

  /// The site that `catalog build` keeps in the lake at `lake`.
  init(_ lake: String, _ files: any FileSystem) {
    site = "\(lake)/_catalog/site"
    self.files = files
  }

  /// The page, which is put into `folder`, with the way from there to the site if there is one.
  func linking(_ page: ReportPage, from folder: String) -> ReportPage {
    var page = page
    page.catalogAddress = address(from: folder)
    return page
  }

  private func address(from folder: String) -> String? {
    guard (try? files.exists("\(site)/index.html")) == true,
      let target = try? files.realPath(of: site),
      let start = try? files.realPath(of: nearest(folder))
    else { return nil }
    let rest = folder.dropFirst(nearest(folder).count).split(separator: "/").filter { $0 != "." }
    let here = start.split(separator: "/") + rest
    let there = target.split(separator: "/")
    let shared = zip(here, there).prefix { $0 == $1 }.count
    let steps =
      Array(repeating: "..", count: here.count - shared) + there.dropFirst(shared).map(String.init)
    return steps.map(spelled).joined(separator: "/") + "/"
  }

  /// The folder, or that above it which is there.
  private func nearest(_ folder: String) -> String {
    var found = folder
    while (try? files.exists(found)) != true, parent(of: found) != found {
      found = parent(of: found)
    }
    return found
  }

  /// A folder's name in an address.
  private func spelled(_ name: String) -> String {
    name.utf8.map { byte in
      let isPlain =
        (0x30...0x39).contains(byte) || (0x41...0x5A).contains(byte) || (0x61...0x7A).contains(byte)
        || "-._~".utf8.contains(byte)
      return isPlain ? String(UnicodeScalar(byte)) : "%" + hexText([byte]).uppercased()
    }.joined()
  }
}
