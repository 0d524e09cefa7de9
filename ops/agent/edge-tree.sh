# shellcheck shell=bash disable=SC2154
# The edge's folders, and the only functions that change the stores' files. Sourced by basecommerce-agent.
#
#   tenants/<slug>.json    what the edge serves; its presence is what makes a store known
#   suspended/<slug>.json  an empty marker: the store answers 503
#   staging/               bodies on their way in
#   previous/open/         what an unfinished bundle replaces: "changes" lists it, <slug>.json are the bytes
#   previous/last/         the same of the last bundle that was finished; what rollback puts back
#
# A place is told as a token: "absent", "live:<sha256>", "suspended:<sha256>", or "foreign" for what is no plain file.

# One at a time, and each finds the folders as the one before left them or should have left them. The lock sits on the
# folder itself, so taking it needs no space and no writable disk; it lasts until the last child of its holder ends.
lock_tree() {
  exec 9<. || die $E_CANNOT_WRITE 'the edge folder cannot be opened'
  flock --wait 10 9 || die $E_BUSY 'another change of this edge is running'
  finish_interrupted_bundle
  finish_interrupted_maps
}

# To the platters, and not only to memory. The file systems that we run on keep the order of names (ext4, xfs), so one
# flush before the first rename and one after the last are enough; of many files it is one of all that the disk holds,
# since a thousand single ones take seconds.
flush() {
  if [[ $# -gt 8 ]]; then sync -f -- "$1"; else sync -- "$@"; fi
}

declare -A ACTUAL=() TARGET=()

# Fills ACTUAL with the token of each of these slugs.
look_at() {
  local slug file sum state files=()
  ACTUAL=()
  for slug in "$@"; do
    file=tenants/$slug.json
    ACTUAL[$slug]=foreign
    if [[ -f $file && ! -L $file ]]; then
      files+=("$file")
    elif [[ ! -e $file && ! -L $file ]]; then
      ACTUAL[$slug]=absent
    fi
  done
  [[ ${#files[@]} -gt 0 ]] || return 0
  # One that cannot be read stays foreign.
  while read -r sum file; do
    slug=${file#tenants/} slug=${slug%.json} state=live
    [[ ! -e suspended/$slug.json ]] || state=suspended
    ACTUAL[$slug]=$state:$sum
  done < <(sha256sum -- "${files[@]}" 2>/dev/null)
}

# A reader of the ETag (size and second) must see that the bytes changed, even twice within one second.
make_newer() {
  local file at newest=0 replaced=()
  for file in "$@"; do [[ ! -f tenants/${file##*/} ]] || replaced+=("tenants/${file##*/}"); done
  [[ ${#replaced[@]} -gt 0 ]] || return 0
  while read -r at; do [[ $at -le $newest ]] || newest=$at; done < <(stat -c %Y -- "${replaced[@]}")
  [[ $newest -ge $EPOCHSECONDS ]] || newest=$((EPOCHSECONDS - 1))
  touch -d "@$((newest + 1))" -- "$@"
}

# Brings each slug to its token of TARGET, with the bytes from folder $1. Closing comes before new bytes, opening after
# them: no order of events serves a store that is to be suspended.
put_in_place() {
  local from=$1 slug coming=() leaving=() closing=() opening=()
  shift
  for slug in "$@"; do
    case ${TARGET[$slug]} in
      absent) leaving+=("tenants/$slug.json") opening+=("suspended/$slug.json") && continue ;;
      live:*) opening+=("suspended/$slug.json") ;;
      suspended:*) closing+=("suspended/$slug.json") ;;
    esac
    # What is to be put back may never have been taken away.
    [[ $from/$slug.json -ef tenants/$slug.json ]] || coming+=("$from/$slug.json")
  done
  for slug in "${closing[@]}"; do [[ -e $slug ]] || : >"$slug" || return; done
  if [[ ${#coming[@]} -gt 0 ]]; then
    make_newer "${coming[@]}" && mv -f -t tenants -- "${coming[@]}" || return
  fi
  rm -f -- "${leaving[@]}" && rm -f -- "${opening[@]}" && flush tenants suspended
} 2>/dev/null

# Opens a bundle: keeps what these slugs hold now, whole or not at all. Links, since a file in tenants/ is only ever
# replaced; somebody else's file may not be linked and is copied. $1 is the folder of the bytes that are to come.
open_bundle() {
  local from=$1 new=previous/open.new slug before files=()
  shift
  rm -rf -- "$new" && mkdir -p "$new/again" || return
  for slug in "$@"; do
    before=${ACTUAL[$slug]}
    # What is no plain file is not kept.
    [[ $before != foreign ]] || before=absent
    [[ $before == absent ]] || files+=("tenants/$slug.json")
    printf '%s %s %s\n' "$slug" "$before" "${TARGET[$slug]}" || return
  done >"$new/changes"
  if [[ ${#files[@]} -gt 0 ]]; then
    ln -t "$new" -- "${files[@]}" || { rm -f -- "$new"/*.json && cp --preserve=timestamps -t "$new" -- "${files[@]}"; } || return
  fi
  flush "$new" "$new"/* "$from"/* && mv -T -- "$new" previous/open
} 2>/dev/null

# The bundle is wholly in place: from now on it is what rollback takes back.
close_bundle() {
  : >previous/open/done && settle_bundle && flush previous
} 2>/dev/null

settle_bundle() { rm -rf -- previous/last && mv -T -- previous/open previous/last; }

# Sets slugs, BEFORE and AFTER from the list of folder $1.
declare -A BEFORE=() AFTER=()
read_changes() {
  local slug
  slugs=() BEFORE=() AFTER=()
  while read -r slug before after; do
    slugs+=("$slug") BEFORE[$slug]=$before AFTER[$slug]=$after
  done <"$1/changes"
}

# Puts back what the open bundle replaced. Links, so that it needs no room for bytes; and it may itself be cut off
# anywhere and begun again. Its targets are its own: the verb that found the bundle has read what it is to do already.
undo_bundle() {
  local slug before after slugs files=()
  local -A TARGET=()
  read_changes previous/open || return
  for slug in "${slugs[@]}"; do
    TARGET[$slug]=${BEFORE[$slug]}
    [[ ${BEFORE[$slug]} == absent ]] || files+=("previous/open/$slug.json")
  done
  [[ ${#files[@]} -eq 0 ]] || ln -f -t previous/open/again -- "${files[@]}" || return
  put_in_place previous/open/again "${slugs[@]}" || return
  if [[ -e previous/open/rollback ]]; then
    close_bundle
  else
    rm -rf -- previous/gone && mv -T -- previous/open previous/gone && rm -rf -- previous/gone
  fi
} 2>/dev/null

finish_interrupted_bundle() {
  [[ -d previous/open ]] || return 0
  if [[ -e previous/open/done ]]; then settle_bundle; else undo_bundle; fi 2>/dev/null ||
    die $E_CANNOT_WRITE 'cannot write on this disk, and so not put back what an unfinished change replaced'
}
