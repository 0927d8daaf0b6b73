"""Can everybody read our pages? axe looks at the report and at the catalog's pages as a browser shows
them: on a phone and on a desk, light and dark, and none of them asks for anything from outside.

    accessibility.py TOOLS LAKE JOBS

Findings that axe calls serious or critical fail. Needs Debian's chromium-headless-shell. Pictures of the
first page of each kind are kept where SCREENSHOTS names a folder.
"""

import html
import importlib.util
import json
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

BROWSER = shutil.which("chromium-headless-shell")
WIDTHS = {"phone": 390, "desk": 1280}
SCHEMES = {"light": 1, "dark": 0}
FOUND = re.compile(r'<script id="found" type="application/json">(.*?)</script>', re.DOTALL)
OUTSIDE = re.compile(r"""(?:src|href|action)\s*=\s*["']?\s*(?:https?:)?//""", re.IGNORECASE)

# What axe found is left in the page, where `--dump-dom` shows it.
LOOK = """
axe.run(document, {resultTypes: ['violations', 'incomplete']}).then(result => {
  const found = document.createElement('script');
  found.id = 'found';
  found.type = 'application/json';
  found.textContent = JSON.stringify(result.violations.map(rule => ({
    id: rule.id, impact: rule.impact, help: rule.help,
    places: rule.nodes.slice(0, 3).map(node => node.html.slice(0, 160).replaceAll('<', '‹')),
  })));
  document.documentElement.append(found);
});
"""


def axe():
    package = importlib.util.find_spec("axe_core_python")
    return (pathlib.Path(package.origin).parent / "axe.min.js").read_text()


def browse(page, width, scheme, *options):
    return subprocess.run(
        [BROWSER, "--no-sandbox", "--disable-gpu", f"--window-size={width},900",
         f"--blink-settings=preferredColorScheme={SCHEMES[scheme]}", *options, page.as_uri()],
        capture_output=True, text=True, timeout=120, check=True,
    ).stdout


def findings(page, script, width, scheme):
    """What axe finds on a copy of the page, which lies beside it so that its links and styles hold."""
    copy = page.with_name(f"axe-{page.name}")
    copy.write_text(page.read_text().replace("</body>", f"<script>{script}</script><script>{LOOK}</script></body>"))
    try:
        shown = FOUND.search(browse(copy, width, scheme, "--virtual-time-budget=20000", "--dump-dom"))
    finally:
        copy.unlink()
    if not shown:
        sys.exit(f"axe did not come to an end on {page.name}")
    return json.loads(html.unescape(shown.group(1)))


def planted(script, folder):
    """A page without language, title and words for its picture: an eye that finds nothing is blind."""
    page = folder / "planted.html"
    page.write_text('<html><body><img src="x.png"><p style="color:#ccc;background:#fff">pale</p></body></html>')
    ids = {finding["id"] for finding in findings(page, script, 390, "light")}
    missed = {"html-has-lang", "document-title", "image-alt", "color-contrast"} - ids
    if missed:
        sys.exit(f"axe does not find what was planted: {', '.join(sorted(missed))}")


def pages(site):
    """The front pages, and one of each kind of the others: those of a kind come from one template."""
    fronts = sorted(path for path in site.glob("*.html"))
    kinds = [sorted(path for path in folder.rglob("*.html")) for folder in site.iterdir() if folder.is_dir()]
    return fronts + [path for kind in kinds for path in (kind[:1] + kind[-1:])]


def main():
    tools, lake, jobs = (pathlib.Path(argument).absolute() for argument in sys.argv[1:4])
    if not BROWSER:
        print("  skipped: there is no chromium-headless-shell (apt-get install chromium-headless-shell)")
        return
    script = axe()
    pictures = os.environ.get("SCREENSHOTS")
    with tempfile.TemporaryDirectory() as scratch:
        folder = pathlib.Path(scratch)
        planted(script, folder)
        (folder / "report").mkdir()
        report = folder / "report" / "report.html"
        at_lake = ["--lake", str(lake), "--jobs", str(jobs)]
        subprocess.run([tools / "ops-report", *at_lake, "--output", report], check=True)
        subprocess.run([tools / "catalog", "build", *at_lake, "--output", folder / "site"], check=True,
                       stdout=subprocess.DEVNULL)
        serious, looks = [], 0
        looked_at = list(dict.fromkeys([report, *pages(folder / "site")]))
        for page in looked_at:
            if OUTSIDE.search(re.sub(r"(?s)<script type=\"application/json\".*?</script>", "", page.read_text())):
                serious.append(f"{page.name}: asks for something from outside")
            for place, width in WIDTHS.items():
                for scheme in SCHEMES:
                    looks += 1
                    for finding in findings(page, script, width, scheme):
                        if finding["impact"] in ("serious", "critical"):
                            where = "; ".join(finding["places"])
                            serious.append(f"{page.name} ({place}, {scheme}): {finding['help']}: {where}")
                    if pictures and page in (report, folder / "site" / "index.html"):
                        picture = pathlib.Path(pictures).absolute() / f"{page.stem}-{place}-{scheme}.png"
                        picture.parent.mkdir(parents=True, exist_ok=True)
                        browse(page, width, scheme, f"--screenshot={picture}")
        if serious:
            sys.exit("\n".join(dict.fromkeys(serious)))
        print(f"  axe finds nothing serious on {len(looked_at)} pages, looked at {looks} times")


main()
