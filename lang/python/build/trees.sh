#!/bin/sh
# trees.sh, inside the Debian root: the files that guests see: the standard library
# and the time zones.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
. "$here/environment.sh"

mkdir -p "$work/tree"
python3.13 "$here/standard_library.py" "$work/python/Lib" "$here/additions" "$work/tree/python3.13"

cd "$work/tzdata"
zic -b slim -d "$work/tree/zoneinfo" africa antarctica asia australasia europe northamerica southamerica etcetera factory backward
