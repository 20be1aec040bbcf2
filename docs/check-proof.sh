#!/usr/bin/env bash
# Checks a .tlog-proof file by hand: bash check-proof.sh FILE VKEY [DETAILS SALT], with bash, coreutils and OpenSSL 3 alone.
# DETAILS is the file with the event's details, SALT their salt in base64. docs/integrity.md says what each step means.
set -eu
proof=$1 vkey=$2 dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
hex() { od -An -v -tx1 | tr -d ' \n'; }
bytes() { printf '%b' "$(sed 's/../\\x&/g' <<<"$1")"; }
hash() { bytes "$1" | sha256sum | cut -d' ' -f1; }
fail() { echo "NOT PROVEN: $1"; exit 1; }

# 1. The leaf, and its hash: SHA-256 of a zero byte and the leaf (RFC 6962 section 2.1).
sed -n 's/^extra //p' "$proof" | base64 -d >"$dir/leaf"
root=$(hash "00$(hex <"$dir/leaf")")

# 2. Up the tree, one hash of the proof at a time (RFC 9162 section 2.1.3.2).
awk 'body; /^$/ { body = 1 }' "$proof" >"$dir/note"
awk '/^$/ { exit } { print }' "$dir/note" >"$dir/text"
n=$(sed -n 's/^index //p' "$proof") last=$(($(sed -n 2p "$dir/text") - 1))
for line in $(awk '/^$/ { exit } NR > 3' "$proof"); do
  sibling=$(base64 -d <<<"$line" | hex)
  if [ $((n % 2)) = 1 ] || [ "$n" = "$last" ]; then
    root=$(hash "01$sibling$root")
    while [ $((n % 2)) = 0 ] && [ "$n" != 0 ]; do n=$((n / 2)) last=$((last / 2)); done
  else
    root=$(hash "01$root$sibling")
  fi
  n=$((n / 2)) last=$((last / 2))
done
[ "$last" = 0 ] && [ "$(bytes "$root" | base64)" = "$(sed -n 3p "$dir/text")" ] || fail "the event is not in the tree, or not at this place"
echo "The event is in the tree of $(sed -n 2p "$dir/text") events of $(sed -n 1p "$dir/text")."

# 3. The signature over those three lines, by the key of the log (Ed25519, RFC 8032).
{ bytes 302a300506032b6570032100; sed 's/^[^+]*+[^+]*+//' <<<"$vkey" | base64 -d | tail -c 32; } >"$dir/key"
awk -v name="${vkey%%+*}" '$1 == "—" && $2 == name { print $3; exit }' "$dir/note" | base64 -d | tail -c +5 >"$dir/signature"
openssl pkeyutl -verify -pubin -keyform DER -inkey "$dir/key" -rawin -in "$dir/text" -sigfile "$dir/signature" >/dev/null 2>&1 ||
  fail "this key did not sign the tree"
echo "The tree is signed by $vkey."

# 4. The details, if they are at hand: their salted hash stands in the leaf.
if [ $# = 4 ]; then
  commitment=$({ printf 'countersign/details/1\n'; base64 -d <<<"$4"; cat "$3"; } | sha256sum | cut -d' ' -f1)
  grep -qF "\"details\":\"$(bytes "$commitment" | base64)\"" "$dir/leaf" || fail "the details are not those of the event"
  echo "The details are those of the event."
fi
