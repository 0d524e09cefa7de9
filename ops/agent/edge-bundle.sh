# shellcheck shell=bash disable=SC2154
# Changes of stores' files, many at once or none. Sourced by basecommerce-agent.

declare -A EXPECTED=()
SLUGS=()

bad() { die $E_DATA "bad $1: $2"; }

is_expectation() {
  case $1 in
    absent | any) ;;
    live:* | suspended:*) is_sha256 "${1#*:}" ;;
    *) false ;;
  esac
}

# "put <slug> <state> <sha256> <expected> <json>" without its first two words: stages the bytes.
stage_put() {
  local slug=$1 rest=$2 state sha256
  state=${rest%% *} rest=${rest#* }
  [[ $state == live || $state == suspended ]] || bad "$slug" 'the state must be live or suspended'
  sha256=${rest%% *} rest=${rest#* }
  is_sha256 "$sha256" || bad "$slug" 'the sha256 must be 64 hexadecimal digits'
  EXPECTED[$slug]=${rest%% *} rest=${rest#* }
  TARGET[$slug]=$state:$sha256
  [[ ${#rest} -le $MAX_TENANT_BYTES ]] || bad "$slug" "a store's file has at most $MAX_TENANT_BYTES bytes"
  # Enough to refuse a mix-up; the console has checked the schema, and its probe reads what is really served.
  [[ $rest == '{'*'}' && $rest == *"\"slug\":\"$slug\""[,}]* ]] || bad "$slug" 'this is not the JSON of that store'
  printf '%s' "$rest" 2>/dev/null >"$WORK/$slug.json" || die $E_CANNOT_WRITE 'cannot write on this disk (staging)'
}

# Fills SLUGS, TARGET and EXPECTED from the lines of file $1.
read_bundle() {
  local line verb slug rest number=0
  while IFS= read -r line || [[ -n $line ]]; do
    [[ $((++number)) -le $MAX_BUNDLE_LINES ]] || die $E_DATA "a bundle has at most $MAX_BUNDLE_LINES lines"
    verb=${line%% *} rest=${line#* }
    slug=${rest%% *} rest=${rest#* }
    is_slug "$slug" || bad "line $number" 'the slug must be 3 to 40 of a-z, 0-9 and single hyphens'
    [[ -z ${TARGET[$slug]-} ]] || bad "$slug" 'it is named twice'
    case $verb in
      put) stage_put "$slug" "$rest" ;;
      remove) TARGET[$slug]=absent EXPECTED[$slug]=$rest ;;
      *) bad "$slug" 'a change is put or remove' ;;
    esac
    is_expectation "${EXPECTED[$slug]}" || bad "$slug" 'what to replace must be absent, any, live:<sha256> or suspended:<sha256>'
    SLUGS+=("$slug")
  done <"$1"
  [[ $number -gt 0 ]] || die $E_DATA 'the bundle is empty'
}

check_staged_sums() {
  local sum file slug left=0
  for slug in "${SLUGS[@]}"; do [[ ${TARGET[$slug]} == absent ]] || left=$((left + 1)); done
  [[ $left -gt 0 ]] || return 0
  while read -r sum file; do
    slug=${file%.json} left=$((left - 1))
    [[ ${TARGET[$slug]#*:} == "$sum" ]] || bad "$slug" 'its bytes do not have the announced sha256'
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
