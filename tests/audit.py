"""Ask the advisory database for known weaknesses of every package songkin's requirements lead to (`make audit`).

Ends with 1 where one is known for which a mended version exists, and with 0 where the database cannot be reached, which
is said: a machine without the network proves nothing either way.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from pathlib import Path

from test_licences import closure

UNREACHED = ("ConnectionError", "Max retries", "Failed to resolve", "timed out", "HTTPError", "ServiceError")


def main() -> int:
    """Audit, and print what is known."""
    packages = {name: package.version for name, package in closure("songkin").items() if name != "songkin"}
    listed = "".join(f"{name}=={version}\n" for name, version in sorted(packages.items()))
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder) / "packages.txt"
        place.write_text(listed, encoding="utf-8")
        command = [
            sys.executable,
            "-m",
            "pip_audit",
            "--no-deps",
            "--disable-pip",
            "--format",
            "json",
            "-r",
            str(place),
        ]
        done = subprocess.run([*command, "--timeout", "15"], capture_output=True, text=True, check=False)
    try:
        told = json.loads(done.stdout)["dependencies"]
    except (json.JSONDecodeError, KeyError):
        if any(sign in done.stderr for sign in UNREACHED):
            print(f"audit: the advisory database cannot be reached from here; {len(packages)} packages not asked for")
            return 0
        print(done.stderr[-2000:], file=sys.stderr)
        return 1
    unknown = [one["name"] for one in told if "skip_reason" in one]
    known = [(one["name"], one["version"], weak) for one in told for weak in one.get("vulns", ())]
    for name, version, weak in known:
        print(f"{name} {version}: {weak['id']}, mended in {', '.join(weak['fix_versions']) or 'no version yet'}")
    print(f"audit: {len(told) - len(unknown)} packages asked for, {len(known)} known weaknesses")
    if unknown:
        print(f"audit: the advisory database could not be asked for {len(unknown)}: {', '.join(unknown)}")
    return int(any(weak["fix_versions"] for _, _, weak in known))


if __name__ == "__main__":
    sys.exit(main())
