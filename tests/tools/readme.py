"""Usage: readme.py README.md

Runs every command of the file's ```sh and ```console blocks, as it stands there, beside a demo (see with-demo).
CONTRIBUTING.md says how blocks are marked. A block of `console` shows commands after `$ ` and below each what it
prints, where `…` stands for any text; both have to come true.
"""

import os
import re
import signal
import subprocess
import sys
import tempfile

# How long a block may take, in seconds. The longest builds a release from nothing.
PATIENCE = 900
# What a reader has, who started the demo as the file says.
SHOWN_URL = "http://127.0.0.1:8080"
OWN_URL = os.environ["FLAGWARD_URL"]
ENVIRONMENT = os.environ | {
    "PATH": f"{os.path.dirname(os.path.abspath(os.environ['FLAGWARD_BIN']))}:{os.environ['PATH']}",
    "READER": os.environ["FLAGWARD_READER_TOKEN"],
    "WRITER": os.environ["FLAGWARD_WRITER_TOKEN"],
}


class Fault(Exception):
    pass


def blocks(text):
    """The fenced blocks: line number, words after the fence, lines."""
    fence = None
    for number, line in enumerate(text.splitlines(), start=1):
        if fence is None and (found := re.match(r"\s*```(\S.*)?$", line)):
            fence = (number, (found[1] or "").split(), [])
        elif fence is not None and line.strip() == "```":
            yield fence
            fence = None
        elif fence is not None:
            fence[2].append(line)


def run(script, words):
    """Runs a block's commands, and gives what they print."""
    if "demo" in words:
        script = script.replace(SHOWN_URL, OWN_URL)
    # `finally` ends what a block left running: it is in a session of its own.
    shell = subprocess.Popen(
        ["bash", "-euo", "pipefail", "-c", script],
        env=ENVIRONMENT, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
        text=True, start_new_session=True,
    )
    try:
        output, errors = shell.communicate(timeout=PATIENCE)
    except subprocess.TimeoutExpired:
        raise Fault(f"took longer than {PATIENCE} s") from None
    finally:
        end(shell)
    if shell.returncode != 0:
        raise Fault(f"ended with {shell.returncode}\n{output}{errors}")
    return output


def end(shell):
    try:
        os.killpg(shell.pid, signal.SIGKILL)
    except ProcessLookupError:
        pass


def serve(command):
    """Starts what serves until it is stopped, on a free port, and waits until it says where."""
    command = command.replace("--listen 127.0.0.1:8080", "").strip() + " --listen 127.0.0.1:0"
    with tempfile.TemporaryFile("w+") as log:
        server = subprocess.Popen(
            ["timeout", str(PATIENCE), "bash", "-c", f"exec {command}"],
            env=ENVIRONMENT, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=log,
            text=True, start_new_session=True,
        )
        try:
            for line in server.stdout:
                if line.strip().startswith("url: http://127.0.0.1:"):
                    return
            log.seek(0)
            raise Fault(f"ended without saying where it listens\n{log.read()}")
        finally:
            end(server)


def expect(shown, output, command):
    """What is shown, with `…` for any text, is what came."""
    pattern = ".*?".join(re.escape(part) for part in shown.strip().split("…"))
    if not re.fullmatch(pattern, output.strip().replace(OWN_URL, SHOWN_URL), re.DOTALL):
        raise Fault(f"$ {command}\nshown:\n{shown}\ncame:\n{output}")


def console(lines, words):
    """Pairs of a command and the lines that it is shown to print."""
    pairs = []
    for line in lines:
        if line.startswith("$ "):
            pairs.append([line[2:], []])
        elif pairs and pairs[-1][0].endswith("\\"):
            pairs[-1][0] += "\n" + line.removeprefix("> ")
        elif pairs:
            pairs[-1][1].append(line)
    for command, shown in pairs:
        output = run(command, words)
        if shown:
            expect("\n".join(shown), output, command)


def check(words, lines):
    if "serve" in words:
        for line in filter(None, lines):
            serve(line)
    elif words[0] == "console":
        console(lines, words)
    else:
        run("\n".join(lines), words)


def main(path):
    with open(path, encoding="utf-8") as file:
        found = [block for block in blocks(file.read()) if block[1][:1] in (["sh"], ["console"], ["bash"], ["shell"])]
    faults = 0
    for number, words, lines in found:
        title = f"{path}:{number} {' '.join(words)}: {next(filter(None, lines), '')}"
        skipped = [word for word in words if word.startswith("skip=")]
        if skipped:
            print(f"skipped {title} ({skipped[0].removeprefix('skip=')})", flush=True)
            continue
        try:
            check(words, lines)
            print(f"ok      {title}", flush=True)
        except Fault as fault:
            faults += 1
            print(f"FAILED  {title}\n{fault}", flush=True)
    if not found:
        sys.exit(f"{path} has no commands")
    sys.exit(1 if faults else 0)


main(sys.argv[1])
