import Bronze
import Core

/// The data files of a bronze log as an epoch takes them: where they were written, or where their
/// day's placement says. What lies on another disk comes back with the table.
struct PlacedFiles {
  private let folder: String
  private let target: String
  private let files: any FileSystem

  init(_ folder: String, target: String, _ files: any FileSystem) {
    self.folder = folder
    self.target = target
    self.files = files
  }

  func items(_ named: [BronzeFile]) throws(Fault) -> [EpochItem] {
    let placements = try DayPlacement.all(in: folder, files)
    var items: [EpochItem] = []
    for file in named {
      let placement = DayPlacement.day(of: file.path).flatMap { placements[$0] }
      let path = "\(folder)/\(file.path)"
      // What has moved comes with its placement; a move that died may have left the file besides.
      if let placement, !placement.holds(file.path) { continue }
      items.append(EpochItem("\(target)/\(file.path)", .fixed(path)))
    }
    for placement in placements.values.sorted(by: { $0.day < $1.day }) {
      items += try self.items(placement)
    }
    return items
  }

  /// The placement as it is to be read where it comes back, and the files that it sends readers to.
  private func items(_ placement: DayPlacement) throws(Fault) -> [EpochItem] {
    var items: [EpochItem] = []
    var moved = placement
    var containers: [String: String] = [:]
    func bring(_ path: String, _ extent: inout DayPlacement.Extent) {
      if placement.holds(path), extent.path == path { return }
      let source = DayPlacement.location(of: extent, in: folder)
      if extent.path.hasPrefix("/") {
        extent.path = extent.path.hasSuffix(".tar") ? "_archive/\(placement.day).tar" : path
      }
      containers[extent.path] = source
    }
    for path in moved.extents.keys { bring(path, &moved.extents[path]!) }
    for path in moved.archived.keys { bring(path, &moved.archived[path]!) }
    for (name, source) in containers.sorted(by: { $0.key < $1.key }) {
      items.append(EpochItem("\(target)/\(name)", .fixed(source)))
    }
    items.append(
      EpochItem(
        "\(target)/\(DayPlacement.folder)/\(placement.day).json", .bytes(moved.bytes)))
    return items
  }
}
