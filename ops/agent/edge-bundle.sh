# shellcheck shell=bash disable=SC2154
# Changes of stores' files, many at once or none. Sourced by basecommerce-agent.

declare -A EXPECTED=()
SLUGS=()

# Fills SLUGS, TARGET and EXPECTED from the lines of file $1, and stages the bytes in WORK.
read_bundle() {
  local report slug target expected
  report=$(awk -v out="$WORK" -v most_lines=$MAX_BUNDLE_LINES -v most_bytes=$MAX_TENANT_BYTES \
    -f "$here/slug.awk" -f "$here/bundle.awk" "$1" 2>&1 >"$WORK/list") || {
    [[ $? -eq 65 ]] || die $E_CANNOT_WRITE 'cannot write on this disk (staging)'
    die $E_DATA "$report"
  }
  while read -r slug target expected; do
    SLUGS+=("$slug") TARGET[$slug]=$target EXPECTED[$slug]=$expected
  done <"$WORK/list"
}

# The bytes as they lie on the disk now, not as they came.
check_staged_sums() {
  local sum file slug left=0
  for slug in "${SLUGS[@]}"; do [[ ${TARGET[$slug]} == absent ]] || left=$((left + 1)); done
  [[ $left -gt 0 ]] || return 0
  while read -r sum file; do
    slug=${file%.json} left=$((left - 1))
    [[ ${TARGET[$slug]#*:} == "$sum" ]] || die $E_DATA "bad $slug: its bytes do not have the announced sha256"
  done < <(cd "$WORK" && sha256sum -- *.json)
  [[ $left -eq 0 ]] || die $E_CANNOT_WRITE 'cannot read back what was written on this disk (staging)'
}

# Says of each slug that holds neither what it should hold nor what was expected what it does hold. Fills pending.
refuse_drifted() {
  local slug actual drifted=0
  for slug in "${SLUGS[@]}"; do
    actual=${ACTUAL[$slug]}
    [[ $actual != "${TARGET[$slug]}" ]] || continue
    pending+=("$slug")
    # No rename replaces a folder.
    if [[ ${EXPECTED[$slug]} == any ]]; then
      [[ $actual == foreign && -d tenants/$slug.json && ! -L tenants/$slug.json ]] || continue
    fi
    [[ ${EXPECTED[$slug]} != "$actual" ]] || continue
    drifted=$((drifted + 1))
    printf 'drifted %s %s\n' "$slug" "$actual"
  done
  [[ $drifted -eq 0 ]] || die $E_DRIFTED "$drifted of ${#SLUGS[@]} changes do not find what they are to replace"
}

# The present process failed half way. What it cannot put back now, the next one does.
give_up() {
  [[ ! -d previous/open ]] || undo_bundle
  die $E_CANNOT_WRITE "cannot write on this disk ($1)"
}

verb_put() {
  local bytes=$1 sha256=$2 pending=()
  need_bytes "$bytes" 1 $MAX_BUNDLE_BYTES && need_sha256 "$sha256"
  make_work
  receive_body "$WORK/body" "$bytes" "$sha256"
  read_bundle "$WORK/body"
  check_staged_sums
  lock_tree
  look_at "${SLUGS[@]}"
  refuse_drifted
  if [[ ${#pending[@]} -gt 0 ]]; then
    open_bundle "$WORK" "${pending[@]}" || give_up previous
    put_in_place "$WORK" "${pending[@]}" || give_up tenants
    close_bundle || give_up previous
  fi
  printf 'applied %s\n' "${#SLUGS[@]}"
}

# Repeating it changes nothing more.
verb_rollback() {
  local slug before after slugs pending=()
  lock_tree
  read_changes previous/last 2>/dev/null || die $E_NOTHING 'nothing is kept to roll back to'
  SLUGS=("${slugs[@]}")
  for slug in "${slugs[@]}"; do TARGET[$slug]=${BEFORE[$slug]} EXPECTED[$slug]=${AFTER[$slug]}; done
  look_at "${SLUGS[@]}"
  refuse_drifted
  if [[ ${#pending[@]} -gt 0 ]]; then
    { : >previous/last/rollback && rm -f -- previous/last/done && mv -T previous/last previous/open && undo_bundle; } 2>/dev/null ||
      die $E_CANNOT_WRITE 'cannot write on this disk (previous)'
  fi
  printf 'rolled back %s\n' "${#SLUGS[@]}"
}
