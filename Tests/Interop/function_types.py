"""Which calls does Spark take, and of what type are they? Compares with what we bind.

    function_types.py FUZZ [ANSWERS]

FUZZ is our product `fuzz`. Each function, operator, aggregate and window is called with arguments
of every type: all of one and two arguments, and chosen ones of more. Spark analyses some hundred
calls as one query; a call it refuses stays unresolved in the plan. ANSWERS keeps what it said, for
the next time. A difference must be allowed by a line of function_types.pass, which says why; a line
that allows nothing must go.
"""

import fnmatch
import itertools
import json
import logging
import pathlib
import random
import subprocess
import sys

COLUMNS = (
    "bo BOOLEAN, ti TINYINT, si SMALLINT, i INT, l BIGINT, f FLOAT, d DOUBLE, p DECIMAL(10,2), "
    "q DECIMAL(38,18), s STRING, b BINARY, da DATE, ts TIMESTAMP, ai ARRAY<INT>, "
    "ast ARRAY<STRING>, m MAP<STRING,INT>, r STRUCT<a:INT>"
)
LITERALS = ["NULL", "1", "'a'", "true", "0.5", "INTERVAL '1' MONTH", "INTERVAL '1' DAY"]
PLACES = [column.split()[0] for column in COLUMNS.split(", ")] + LITERALS
# Of the types that behave alike, one: for calls of two arguments and more.
FEW = ["bo", "ti", "i", "l", "d", "p", "s", "b", "da", "ts", "ai", "ast", "m", "r"] + LITERALS[:4]
FEW += LITERALS[6:]
SIGNS = "+ - * / % div = <=> < >= <> || & | ^ LIKE ILIKE RLIKE".split()
FORMS = ["[]", "NOT", "~", "IN", "BETWEEN", "CASE"] + [
    f"{name} OVER"
    for name in "lag lead ntile nth_value first_value row_number sum min collect_list".split()
]


def written(name, arguments):
    """The call in SQL."""
    first = arguments[0] if arguments else ""
    if name in SIGNS:
        return f"({first} {name} {arguments[1]})" if len(arguments) == 2 else f"({name} {first})"
    if name == "[]":
        return f"{first}[{arguments[1]}]"
    if name in ("NOT", "~"):
        return f"({name} {first})"
    if name == "IN":
        return f"({first} IN ({', '.join(arguments[1:])}))"
    if name == "BETWEEN":
        return f"({first} BETWEEN {arguments[1]} AND {arguments[2]})"
    if name == "CASE":
        return f"(CASE WHEN {first} THEN {arguments[1]} ELSE {arguments[2]} END)"
    if name.endswith(" OVER"):
        return f"{name[:-5]}({', '.join(arguments)}) OVER (ORDER BY i)"
    return f"{name}({', '.join(arguments)})"


def counts(name):
    """How many arguments are tried."""
    if name in SIGNS:
        return [1, 2] if name in "+-" else [2]
    return {"[]": [2], "NOT": [1], "~": [1], "IN": [2], "BETWEEN": [3], "CASE": [3]}.get(
        name, [0, 1, 2, 3, 4]
    )


def calls(name, count):
    """Argument lists, those of one kind of literals together."""
    if count <= 1:
        lists = list(itertools.product(PLACES, repeat=count))
    elif count == 2:
        lists = list(itertools.product(FEW, repeat=2))
    else:
        chosen = random.Random(f"{name} {count}")
        lists = {tuple(chosen.choice(FEW) for _ in range(count)) for _ in range(180 // count)}
    return sorted(lists, key=lambda arguments: ([kind(each) for each in arguments], arguments))


def kind(argument):
    return LITERALS.index(argument) + 1 if argument in LITERALS else 0


class Spark:
    """Asks Spark's analyser."""

    def __init__(self):
        from pyspark.sql import SparkSession

        logging.disable(logging.CRITICAL)
        session = (
            SparkSession.builder.master("local[1]")
            .config("spark.ui.enabled", "false")
            .config("spark.sql.session.timeZone", "UTC")
            .getOrCreate()
        )
        session.createDataFrame([], COLUMNS).createOrReplaceTempView("t")
        state = session._jsparkSession.sessionState()
        self.parser, self.analyzer = state.sqlParser(), state.analyzer()

    def parts(self, texts, kinds):
        """The same for calls of which one stops the analyser: each kind alone, then halves. A kind
        of which three stop it is refused: it has no literal where one is wanted."""
        if kinds:
            return [
                each
                for _, group in itertools.groupby(zip(texts, kinds), lambda pair: pair[1])
                for each in self.types([text for text, _ in group])
            ]
        half = len(texts) // 2
        # What stops it in a subscript is the type of what is subscribed.
        tried = [texts[0], texts[half], texts[-1]]
        if half > 1 and texts[0][-1] != "]" and all(map(self.stops_at, tried)):
            return ["!"] * len(texts)
        return self.types(texts[:half]) + self.types(texts[half:])

    def stops_at(self, text):
        try:
            self.plan([text])
        except Exception:
            return True
        return False

    def plan(self, texts):
        items = ", ".join(f"{text} AS c{index}" for index, text in enumerate(texts))
        return self.analyzer.execute(self.parser.parsePlan(f"SELECT {items} FROM t"))

    def types(self, texts, kinds=None):
        """The type of each call, or `!`; `kinds` says which have the same literals."""
        try:
            resolved = self.plan(texts).output().mkString("|").split("|")
        except Exception as error:
            if len(texts) == 1 or "WRONG_NUM_ARGS" in str(error):
                return ["!"] * len(texts)
            return self.parts(texts, kinds)
        good = [at for at, name in enumerate(resolved) if not name.startswith("'")]
        answers = ["!"] * len(texts)
        if good:
            schema = json.loads(self.plan([texts[at] for at in good]).schema().json())
            for at, field in zip(good, schema["fields"]):
                answers[at] = type_text(field["type"])
        return answers


def type_text(spark):
    """A type as our tools write it, in lower case."""
    if isinstance(spark, str):
        names = {"integer": "int", "long": "bigint", "short": "smallint", "byte": "tinyint"}
        return names.get(spark, spark)
    if spark["type"] == "array":
        return f"array<{type_text(spark['elementType'])}>"
    if spark["type"] == "map":
        return f"map<{type_text(spark['keyType'])}, {type_text(spark['valueType'])}>"
    members = (f"{field['name']}: {type_text(field['type'])}" for field in spark["fields"])
    return f"struct<{', '.join(members)}>"


def spark_answers(groups, meaning, path):
    """What Spark says of each call; asked once if `path` keeps it."""
    if path and path.exists():
        return json.loads(path.read_text())
    spark, answers = Spark(), {}
    for lists in groups.values():
        for at in range(0, len(lists), 300):
            texts = lists[at : at + 300]
            kinds = [[kind(each) for each in meaning[text][1]] for text in texts]
            answers.update(zip(texts, spark.types(texts, kinds)))
    if path:
        path.write_text(json.dumps(answers))
    return answers


class Allowed:
    """The lines of function_types.pass: names, an argument, ours, Spark's, why."""

    def __init__(self, path):
        lines = (line for line in path.read_text().splitlines() if line and line[0] != "#")
        self.lines = [[part.strip() for part in line.split(" : ", 4)] for line in lines]
        self.used = [0] * len(self.lines)

    def allows(self, name, arguments, ours, sparks):
        for at, (names, wanted, our, spark, _) in enumerate(self.lines):
            if (
                matches(name, names)
                and any(matches(argument, wanted) for argument in arguments or [""])
                and matches(ours, our)
                and matches(sparks, spark)
            ):
                self.used[at] += 1
                return True
        return False


def matches(text, patterns):
    return any(fnmatch.fnmatchcase(text, pattern) for pattern in patterns.split())


def answer(command, lines=()):
    """What a command prints, by line."""
    given = "".join(f"{line}\n" for line in lines)
    run = subprocess.run(command, input=given, capture_output=True, text=True, check=True)
    return run.stdout.splitlines()


def main():
    fuzz = sys.argv[1]
    kept = pathlib.Path(sys.argv[2]) if len(sys.argv) > 2 else None
    listed = answer([fuzz, "--functions"])
    names = [name for name in listed if name[0].isalpha() and name != "div"]
    groups, meaning = {}, {}
    for name in sorted(set(names)) + SIGNS + FORMS:
        for count in counts(name):
            lists = calls(name, count)
            groups[name, count] = [written(name, arguments) for arguments in lists]
            meaning.update(zip(groups[name, count], ((name, each) for each in lists)))
    texts = list(meaning)
    ours = dict(zip(texts, answer([fuzz, "--types"], [COLUMNS] + texts)))
    sparks = spark_answers(groups, meaning, kept)
    allowed = Allowed(pathlib.Path(__file__).with_suffix(".pass"))
    found = 0
    for text in texts:
        if ours[text] != sparks[text]:
            name, arguments = meaning[text]
            if not allowed.allows(name, arguments, ours[text], sparks[text]):
                found += 1
                print(f"{text}: ours {ours[text]}, Spark's {sparks[text]}")
    idle = [line[4] for line, count in zip(allowed.lines, allowed.used) if not count]
    for why in idle:
        print(f"function_types.pass: nothing differs any more: {why}")
    print(f"{len(texts)} calls, {found} differ that may not", file=sys.stderr)
    sys.exit(1 if found or idle else 0)


if __name__ == "__main__":
    main()
