"""Stays running in migra's own Python: a line `[before, after]` gives a line with the exit code and the SQL."""

import io
import json
import sys

from migra.command import parse_args, run

for line in sys.stdin:
    out, err = io.StringIO(), io.StringIO()
    try:
        code = run(parse_args(["--unsafe", "--with-privileges", *json.loads(line)]), out, err)
    except Exception as error:
        code = 1
        err.write(f"{type(error).__name__}: {error}")
    print(json.dumps({"failed": code not in (0, 2), "said": err.getvalue(), "scripts": [[out.getvalue(), False]]}))
    sys.stdout.flush()
