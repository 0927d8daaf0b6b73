/// The folders on the way to the one that is looked into, so that a walk through folders and the
/// links among them comes to its end.
package struct FolderTrail: Sendable {
  private var above: [FileStatus]
  private var isBehindLink = false

  /// The way begins in the folder that looks like `start`.
  package init(_ start: FileStatus?) { above = start.map { [$0] } ?? [] }

  /// The way into `folder`, which looks like `status` and lies in the last one. A link that leads
  /// back is refused, and so is one behind another: few of them would make ways without number.
  package func entering(_ folder: String, _ status: FileStatus) throws(Fault) -> FolderTrail {
    if above.contains(where: status.isOfSameEntry) {
      throw Fault(
        .data, at: Place(folder), "this link leads back to a folder that it lies in",
        remedy: "remove the link")
    }
    guard !status.isLink || !isBehindLink else {
      throw Fault(
        .data, at: Place(folder), "this link to a folder is itself behind such a link",
        remedy: "name the folder that it leads to")
    }
    var next = self
    next.above.append(status)
    next.isBehindLink = isBehindLink || status.isLink
    return next
  }
}
