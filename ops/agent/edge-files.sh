# shellcheck shell=bash disable=SC2154
# The edge's folders, and the only functions that change them. Sourced by basecommerce-agent.
#
#   tenants/<slug>.json     what the edge serves; its presence is what makes a store known
#   suspended/<slug>.json   an empty marker: the store answers 503
#   staging/                bodies on their way in
#   previous/<slug>         what rollback restores: a line with the state, then the bytes
#   previous/<slug>.pending the same, of a change not finished yet

# One writer at a time. The lock sits on the folder itself, so taking it needs no space and no writable disk.
lock_tree() {
  exec 9<"$EDGE_DIR" || die $E_CANNOT_WRITE 'the edge folder cannot be opened'
  flock --wait 10 9 || die $E_BUSY 'another change of this edge is running'
}

# live, suspended or absent
state_of() {
  if [[ ! -f $EDGE_DIR/tenants/$1.json ]]; then
    printf absent
  elif [[ -f $EDGE_DIR/suspended/$1.json ]]; then
    printf suspended
  else
    printf live
  fi
}

sha256_of() {
  local sum=''
  [[ ! -f $1 ]] || sum=$(sha256sum <"$1")
  printf '%s' "${sum%% *}"
}

STAGED=''
stage() {
  STAGED=$(mktemp "$EDGE_DIR/staging/$1.XXXXXXXX" 2>/dev/null) || die $E_CANNOT_WRITE 'cannot write on this disk (staging)'
  trap 'rm -f -- "$STAGED"' EXIT
}

mark_suspended() { { : >"$EDGE_DIR/suspended/$1.json"; } 2>/dev/null && sync "$EDGE_DIR/suspended"; }
mark_live() { rm -f -- "$EDGE_DIR/suspended/$1.json" 2>/dev/null && sync "$EDGE_DIR/suspended"; }

# A reader of the ETag (size and second) must see that the bytes changed, even twice within one second.
make_newer_than() {
  local before now
  before=$(stat -c %Y "$1" 2>/dev/null) || return 0
  now=$(stat -c %Y "$2") || return
  [[ $now -gt $before ]] || touch -d "@$((before + 1))" "$2"
}

move_into_tenants() {
  local target=$EDGE_DIR/tenants/$1.json file=$2
  chmod 0644 "$file" && make_newer_than "$target" "$file" && sync "$file" &&
    mv -fT -- "$file" "$target" && sync "$EDGE_DIR/tenants"
} 2>/dev/null

# Puts the file $2 and the state $3 in place. Closing comes before the new bytes, opening after them: no order of events
# serves a store that is to be suspended. When the rename fails the marker goes back to what it was.
apply() {
  local slug=$1 file=$2 state=$3 before
  before=$(state_of "$slug")
  if [[ $state == suspended ]]; then
    mark_suspended "$slug" || die $E_CANNOT_WRITE 'cannot write on this disk (suspended)'
  fi
  if ! move_into_tenants "$slug" "$file"; then
    [[ $before == suspended ]] || mark_live "$slug"
    die $E_CANNOT_WRITE 'cannot write on this disk (tenants)'
  fi
  if [[ $state == live ]]; then
    mark_live "$slug" || die $E_CANNOT_WRITE 'cannot write on this disk (suspended)'
  fi
}

take_out() {
  { rm -f -- "$EDGE_DIR/tenants/$1.json" "$EDGE_DIR/suspended/$1.json" && sync "$EDGE_DIR/tenants" "$EDGE_DIR/suspended"; } \
    2>/dev/null || die $E_CANNOT_WRITE 'cannot write on this disk (tenants)'
}

print_record() {
  printf '%s\n' "$(state_of "$1")" || return
  [[ ! -f $EDGE_DIR/tenants/$1.json ]] || cat -- "$EDGE_DIR/tenants/$1.json"
}

# Keeps what is there now, before a change. A record still pending belongs to a change that was cut off: it holds the
# last version that was wholly in place, and the half-done one must not take its seat.
remember() {
  local record=$EDGE_DIR/previous/$1.pending
  [[ ! -f $record ]] || return 0
  if ! { print_record "$1" >"$record.new" && sync "$record.new" && mv -fT -- "$record.new" "$record"; } 2>/dev/null; then
    rm -f -- "$record.new" 2>/dev/null
    die $E_CANNOT_WRITE 'cannot write on this disk (previous)'
  fi
}

# The change is wholly in place: what was before it becomes what rollback restores.
settle() {
  local record=$EDGE_DIR/previous/$1
  [[ ! -f $record.pending ]] || mv -fT -- "$record.pending" "$record" 2>/dev/null ||
    die $E_CANNOT_WRITE 'cannot write on this disk (previous)'
}

# Enough to refuse a mix-up; the console has checked the schema, and its probe reads what is really served.
looks_like_tenant() {
  local slug=$1 file=$2
  [[ $(head -c 1 "$file") == '{' && $(tail -c 1 "$file") == '}' ]] && grep -Eqa "\"slug\": ?\"$slug\"[,}]" "$file"
}
