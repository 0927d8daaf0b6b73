/// What stands in a kit for people, and the script that does it for them.
enum KitText {
  static let start = #"""
    #!/bin/sh
    # Brings the newest epoch of a backup back and asks it: ./start BACKUP KEY DIR
    set -eu
    kit=$(cd "$(dirname "$0")" && pwd)
    [ $# = 3 ] || { echo "call it as: $0 BACKUP KEY DIR" >&2; exit 64; }
    PATH=$kit/bin:$PATH
    LD_LIBRARY_PATH=$kit/lib
    LC_ALL=C.UTF-8
    export PATH LD_LIBRARY_PATH LC_ALL
    (cd "$kit" && sha256sum --quiet -c SHA256SUMS)
    restore "$3" --from "$1" --key "$2"
    lake-verify --lake "$3/lake" --jobs "$3/jobs"
    for folder in "$3"/lake/gold/*/; do
      [ -d "$folder" ] || continue
      table=gold.$(basename "$folder")
      echo "$table:"
      lake-sql --lake "$3/lake" --jobs "$3/jobs" "SELECT count(*) AS n FROM $table"
    done
    echo "it is back: the lake is $3/lake, its job files are $3/jobs"
    """# + "\n"

  static let readMe = """
    How to bring the lake back from nothing
    =======================================

    You need this folder, the backup, and the key of one of its recipients: a file with 64
    hexadecimal digits. Without the key nothing can be read. You need a Debian of the release that
    these programs were built on (or a later one), and room for the lake twice over. No network.

    1. See that this folder is whole:      sha256sum -c SHA256SUMS
    2. Bring it back, check it, ask it:    ./start BACKUP KEY DIR
       BACKUP is the backup's folder (or rclone:REMOTE:PATH, with rclone installed), KEY the key's
       file (mode 0600), DIR a folder that is not there yet. It ends with the rows of gold tables.
    3. Go on:                              PATH=$PWD/bin:$PATH LD_LIBRARY_PATH=$PWD/lib
       With these set and exported, and the tills' and partners' folders back in their places:
         ingest-pos --lake DIR/lake --jobs DIR/jobs, then bronze2silver, silver2gold, load-dims and
         load-facts with the same options. What came after the epoch is taken in, once.

    When something is not as it should be

    - "there is no backup here": BACKUP names another folder. It has backup.json in it.
    - The key does not open it: it is another backup's, or of somebody who was taken out. The names
      of those who can open it are those of the files in BACKUP/keys.
    - A file of the backup is damaged: backup verify --from BACKUP --key KEY --read-data all names
      it, and the epochs that do without it. restore DIR --epoch NAME takes one of these.
    - It died on the way: run it again, it goes on. --plan says what it would do.
    - The warehouse was on a server: DIR/warehouse holds its dump. restore --warehouse-to
      postgresql://USER@HOST/DATABASE puts it into an empty database (Debian: postgresql).
    - Only one table is needed at once: restore DIR --table gold.NAME.

    bin/ holds the programs, each with --help; lib/ the libraries that they need; jobs/ the job
    files as they were when this folder was written (an epoch has its own, which come back with it).
    """ + "\n"
}
