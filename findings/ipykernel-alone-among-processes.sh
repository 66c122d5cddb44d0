#!/usr/bin/env bash
# ipykernel 7.4.0: a kernel that is process 2 of a process namespace ends itself within seconds.
#
# Guess: a kernel started through a wrapper that gives it process ids of its own (bubblewrap, `unshare --pid`) answers
#   its client like any other; isolation by the system is no matter of Jupyter's.
# Seen: jupyter_client names the client's process in JPY_PARENT_PID. A kernel that finds it polls its own parent's id
#   and takes the id 1 for "my parent is gone, I was handed to init". In a process namespace the wrapper IS number 1:
#   the kernel leaves before it answers, with exit code 1 and no message but "Parent appears to have exited" in its log.
#   Without the variable the same kernel in the same namespace lives.
# For us: the fence around a stranger's notebook takes the variable away where bubblewrap gives a namespace.
# Needs Linux with user namespaces (util-linux' unshare); says so and ends with 0 where there are none.
set -euo pipefail
unshare --user --map-root-user --pid --fork --mount-proc true 2>/dev/null || { echo "no user namespaces here: not run"; exit 0; }
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
export LC_ALL=C HOME="$folder" JUPYTER_RUNTIME_DIR="$folder" IPYTHONDIR="$folder/ipython"
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -q --disable-pip-version-check ipykernel==7.4.0
cat >"$folder/try.py" <<'PY'
import os, subprocess, sys, time

def lives(name_parent):
    environment = {k: v for k, v in os.environ.items() if k != "JPY_PARENT_PID"}
    if name_parent:
        environment["JPY_PARENT_PID"] = str(os.getpid())
    apart = ["unshare", "--user", "--map-root-user", "--pid", "--fork", "--mount-proc", "--kill-child"]
    # the shell is number 1 of the namespace, as bubblewrap is; the kernel is its child
    shell = ["sh", "-c", f"{sys.executable} -m ipykernel_launcher --transport=ipc --ip={os.environ['HOME']}/k; exit $?"]
    kernel = subprocess.Popen([*apart, *shell], env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        kernel.wait(25)
        return False
    except subprocess.TimeoutExpired:
        return True
    finally:
        kernel.kill()
        kernel.wait()

import ipykernel
found = {"parent named": lives(True), "parent not named": lives(False)}
print("ipykernel", ipykernel.__version__, "alive after 25 s:", found)
sys.exit(0 if found == {"parent named": False, "parent not named": True} else 1)
PY
"$folder/venv/bin/python" "$folder/try.py"
