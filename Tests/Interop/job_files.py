"""The statements of SQL job files, as far as this campaign needs them."""

import pathlib
import re


def statements(text):
    """Splits SQL at semicolons outside quotes and drops `--` comments."""
    tokens = re.finditer(r"--[^\n]*|'(?:[^'\\]|\\.|'')*'|\"(?:[^\"\\]|\\.)*\"|;|.", text, re.S)
    current = ""
    for token in tokens:
        piece = token.group()
        if piece == ";":
            if current.strip():
                yield current.strip()
            current = ""
        elif not piece.startswith("--"):
            current += piece
    if current.strip():
        yield current.strip()


def materialized_views(folder):
    """The queries of a folder's materialized views by name, each after those that it reads."""
    queries = {}
    for file in sorted(pathlib.Path(folder).glob("**/*.sql")):
        for statement in statements(file.read_text()):
            match = re.match(r"CREATE\s+MATERIALIZED\s+VIEW\s+(\S+).*?\bAS\s+(?=WITH\b|SELECT\b)",
                             statement, re.S | re.I)
            if match:
                queries[match.group(1)] = statement[match.end():]
    ordered = {}
    while len(ordered) < len(queries):
        ready = [name for name, query in queries.items() if name not in ordered and all(
            other in ordered or other == name or not re.search(rf"\b{re.escape(other)}\b", query)
            for other in queries)]
        if not ready:
            raise SystemExit(f"interop: a cycle among {sorted(set(queries) - set(ordered))}")
        ordered.update((name, queries[name]) for name in ready)
    return ordered
