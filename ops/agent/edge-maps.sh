# shellcheck shell=bash disable=SC2154
# The maps: what nginx must be told by a reload. Sourced by basecommerce-agent.
#
#   maps/<n>/      one version: "lines" as they were sent, what maps.awk made of them, "sums" of that, and "loaded" once
#                  nginx has read it; maps/0 is the rendered one without any
#   maps/current   link to the version that conf/ reads
#   maps/staged    link to the version that conf-staged/ reads, for nginx -t
#   maps/before    link to the version that was current before the last change

# Sets MAPS: the sha256 of the lines in use, or "absent". Files that are not as they were made get the sum of what they
# are, which is nobody's.
maps_in_use() {
  local sum
  MAPS=absent
  [[ -f maps/current/lines ]] || return 0
  sum=$(cat maps/current/lines | sha256sum)
  (cd maps/current && sha256sum --status -c sums) 2>/dev/null || sum=$(cat maps/current/*.conf maps/current/*.map maps/current/sums 2>/dev/null | sha256sum)
  MAPS=${sum%% *}
}

# Points the link maps/$1 at version $2, at once.
point() {
  ln -sfn -- "$2" "maps/$1.new" && mv -fT -- "maps/$1.new" "maps/$1" && flush maps
} 2>/dev/null

# Cut off between the change of the link and the reload: nobody was told that it worked, so it did not.
finish_interrupted_maps() {
  local before
  [[ -e maps/current && ! -e maps/current/loaded ]] || return 0
  before=$(readlink maps/before) || before=0
  point current "$before" ||
    die $E_CANNOT_WRITE 'cannot write on this disk, and so not put back the maps from before an unfinished change'
  # In case it had got to the reload. When nginx takes none now, the next reload brings the same.
  ! nginx_runs || reload_nginx || true
}

# Makes the next version from the lines of file $1 and has nginx test it. Sets version.
build_maps() {
  local report newest=0 folder
  [[ -d conf-staged && -d maps ]] || die $E_CONFIG 'the edge is rendered without maps: render it again'
  for folder in maps/*/; do
    folder=${folder#maps/} folder=${folder%/}
    [[ ! $folder =~ ^[0-9]+$ || $folder -le $newest ]] || newest=$folder
  done
  version=$((newest + 1))
  report=$(mkdir "$WORK/maps" && awk -v out="$WORK/maps" -f "$here/slug.awk" -f "$here/maps.awk" "$1" 2>&1) || {
    [[ $report == 'bad line '* ]] || die $E_CANNOT_WRITE 'cannot write on this disk (staging)'
    die $E_DATA "${report%%$'\n'*}"
  }
  { cp -- "$1" "$WORK/maps/lines" && (cd "$WORK/maps" && sha256sum -- *.conf *.map >sums) && sync -f "$WORK/maps/sums" &&
    mv -T -- "$WORK/maps" "maps/$version" && point staged "$version"; } 2>/dev/null || drop_maps 'cannot write on this disk (maps)'
  report=$(run_nginx conf-staged -t) || drop_maps "nginx refuses these maps: $(complaint "$report")" $E_CONFIG
}

# Forgets the version that did not come into use.
drop_maps() {
  point staged "$(readlink maps/current)"
  rm -rf -- "maps/$version" 2>/dev/null
  [[ $# -eq 0 ]] || die "${2:-$E_CANNOT_WRITE}" "$1"
}

# Maps that were neither in use last nor are now.
forget_old_maps() {
  local folder current before
  current=$(readlink maps/current) before=$(readlink maps/before)
  for folder in maps/*/; do
    folder=${folder#maps/} folder=${folder%/}
    [[ ! $folder =~ ^[1-9][0-9]*$ || $folder == "$current" || $folder == "$before" ]] || rm -rf -- "maps/$folder"
  done
}

use_maps() {
  local before
  before=$(readlink maps/current) && point before "$before" && point current "$version" ||
    drop_maps 'cannot write on this disk (maps)'
  if reload_nginx && : 2>/dev/null >"maps/$version/loaded"; then
    forget_old_maps
    return 0
  fi
  point current "$before" || die $E_CANNOT_WRITE 'cannot write on this disk (maps)'
  ! nginx_runs || run_nginx conf -s reload >/dev/null
  drop_maps "${reload_trouble:-cannot write on this disk (maps)}" $E_NGINX_DOWN
}

verb_maps() {
  local bytes=$1 sha256=$2 expected=$3 version reload_trouble=''
  need_bytes "$bytes" 0 $MAX_MAPS_BYTES && need_sha256 "$sha256"
  [[ $expected == absent || $expected == any ]] || is_sha256 "$expected" ||
    die $E_USAGE 'bad argument: what to replace must be absent, any or a sha256'
  make_work
  receive_body "$WORK/body" "$bytes" "$sha256"
  lock_tree
  maps_in_use
  if [[ $MAPS == "$sha256" ]]; then
    printf 'unchanged\n'
    return 0
  fi
  if [[ $expected != any && $expected != "$MAPS" ]]; then
    printf 'drifted maps %s\n' "$MAPS"
    die $E_DRIFTED 'the maps in use are not those that are to be replaced'
  fi
  nginx_runs || die $E_NGINX_DOWN 'nginx does not run'
  build_maps "$WORK/body"
  use_maps
  printf 'reloaded\n'
}

# Whether nginx would take these; nothing comes into use.
verb_try_maps() {
  local bytes=$1 sha256=$2 version
  need_bytes "$bytes" 0 $MAX_MAPS_BYTES && need_sha256 "$sha256"
  make_work
  receive_body "$WORK/body" "$bytes" "$sha256"
  lock_tree
  build_maps "$WORK/body"
  drop_maps
  printf 'accepted\n'
}
