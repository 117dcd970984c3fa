#!/bin/sh
# Builds the edge's native parts:  build.sh OUTPUT [PART…]
# PART: pad-shim.so, uinput-pad and frame-pace.so unless named; pad-field and gl-field are for tests and need SDL2's library.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
output=$1
shift
compile() {
  part_output=$output/$1
  shift
  "${CC:-gcc}" -std=gnu11 -O2 -Wall -Wextra -o "$part_output" "$@"
}
[ $# -gt 0 ] || set -- pad-shim.so uinput-pad frame-pace.so
for name in "$@"; do
  case $name in
    pad-shim.so) compile pad-shim.so -shared -fPIC "$here/pad-shim.c" -ldl ;;
    uinput-pad) compile uinput-pad "$here/uinput-pad.c" ;;
    frame-pace.so) compile frame-pace.so -shared -fPIC "$here/frame-pace.c" -ldl ;;
    pad-field) compile pad-field "$here/pad-field.c" -l:libSDL2-2.0.so.0 ;;
    gl-field) compile gl-field "$here/gl-field.c" -l:libSDL2-2.0.so.0 ;;
    *) echo "no part is called $name" >&2; exit 2 ;;
  esac
done
