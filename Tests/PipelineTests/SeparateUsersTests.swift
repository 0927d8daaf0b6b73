import Core
import Glibc
import TestSupport
import Testing

/// One user takes data in, one works on it, one shows it; none can do the work of another.
@Suite(.enabled(if: getuid() == 0, "only root can be several users"))
struct SeparateUsersTests {
  private let folder = Workdir()

  private func run(_ script: String) throws -> ToolRun {
    let tools = parent(of: try ToolRun.path(of: "lake-sql"))
    let checkout = try ToolRun(program: "/bin/pwd", []).text.split(separator: "\n")[0]
    return try ToolRun(
      program: "/bin/bash",
      [
        "-uo", "pipefail", "-c",
        """
        PATH='\(tools)':$PATH checkout='\(checkout)'
        export INGEST=61001 TRANSFORM=61002 SERVE=61003 GROUP=61000
        export MEDALLION_WAREHOUSE=lake/warehouse/warehouse.db
        as() { local user=$1; shift
          setpriv --reuid=$user --regid=61000 --clear-groups --inh-caps=-all "$@"; }
        ingest() { as 61001 "$@"; }; transform() { as 61002 "$@"; }; serve() { as 61003 "$@"; }
        \(script)
        """,
      ], in: folder.path)
  }

  private static let night = """
    medallion-init shop >/dev/null 2>&1; chmod -R go+rX .; cd shop
    "$checkout/cron/accounts" lake
    night() {
      ingest run-job files -- ingest-files >/dev/null &&
      transform run-job silver -- bronze2silver && transform silver2gold &&
      transform run-job stars -- load-dims && transform load-facts
    }
    """

  @Test func `three users bring a business through the night`() throws {
    let run = try run(
      SeparateUsersTests.night + """

        night >/dev/null || exit 1
        # The second night meets what the first has made.
        cp landing/sales/2026-03-01.csv landing/sales/2026-03-02.csv
        sed -i 's/2026-03-01/2026-03-02/g; 2,$s/^/x/' landing/sales/2026-03-02.csv
        night >/dev/null || exit 2
        serve lake-sql --format csv 'SELECT count(*) > 0 FROM gold.daily_sales' || exit 3
        serve lake-sql --format csv 'SELECT count(*) > 0 FROM warehouse.fact_sales' || exit 4
        serve runs list --format csv | tail -n +2 | wc -l
        transform bronze2silver --full-refresh >/dev/null || exit 5
        transform audit verify >/dev/null && serve audit list --format csv | tail -n +2 | wc -l
        # Nobody else may look at anything.
        find lake -perm /007 ! -type l
        """)
    #expect(run.status == 0, "\(run.talk)")
    #expect(run.text == "(count(1) > 0)\ntrue\n(count(1) > 0)\ntrue\n6\n2\n", "\(run.talk)")
  }

  @Test func `none does the work of another`() throws {
    let run = try run(
      SeparateUsersTests.night + """

        night >/dev/null || exit 1
        printf secret >lake/_secrets/key; chown 61002 lake/_secrets/key; chmod 600 lake/_secrets/key
        tried() { "$@" >/dev/null 2>&1; echo "$1 $2 $?"; }
        sed -i '2,$s/^/y/' landing/sales/2026-03-01.csv
        tried ingest bronze2silver --full-refresh
        tried serve ingest-files
        tried serve silver2gold --full-refresh
        tried serve cat lake/_secrets/key
        tried ingest cat lake/_secrets/key
        for user in ingest serve; do
          for place in lake lake/silver lake/gold lake/warehouse lake/quarantine; do
            $user touch $place/x 2>/dev/null && echo "$user writes $place"
          done
        done
        serve find lake/bronze lake/silver lake/gold lake/warehouse -writable
        ingest find lake/silver lake/gold lake/warehouse -writable
        transform find lake/bronze -writable
        true
        """)
    #expect(run.status == 0, "\(run.talk)")
    for line in run.text.split(separator: "\n") where !line.hasSuffix(" 73") {
      let isKnown = line.hasSuffix(" cat 1") || line.hasSuffix(" 74") || line.hasSuffix(" 1")
      #expect(isKnown, "\(line)")
    }
    #expect(run.text.split(separator: "\n").count == 5, "\(run.text)")
  }
}
