/// The name by which the key of a backup is known where secrets lie. It never goes into a backup:
/// who has the one is not to have the other with it.
package enum BackupSecret {
  package static let name = "backup-key"
}
