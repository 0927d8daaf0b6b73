import Core
package import LakeJobs
package import UnixTool

extension Console {
  /// So long a file may bear the name of an unfinished upload before that is said to all.
  private static let uploadPatience = Duration.seconds(3_600)

  /// Says what lies in a landing folder and is not taken. An upload under way is told to who
  /// follows the run; one that nobody goes on with, to all.
  package func tell(of folder: LandingFolder, isCompanion: (String) -> Bool = { _ in false }) {
    if !folder.exists {
      warn(
        Fault(
          .missing, at: Place(folder.landing.folder), "there is no such folder",
          remedy: "make it, or take it out of sources.yml"))
    }
    for fault in folder.faults { fail(fault) }
    for fault in folder.passedOver { warn(fault) }
    for (path, status) in folder.unfinished where !isCompanion(path) {
      // Times of files lie between the years 1 and 9999.
      let age = Duration.microseconds(
        Console.systemTime.microseconds &- status.changed.microseconds)
      guard status.byteCount > 0, age > Self.uploadPatience else {
        note("\(path): passed over, it has the name of an unfinished upload")
        continue
      }
      warn(
        Fault(
          .temporary, at: Place(path),
          "has the name of an unfinished upload, and has not changed for "
            + "\(age.components.seconds / 3_600) h",
          remedy: "give it its last name, or remove it"))
    }
  }
}
