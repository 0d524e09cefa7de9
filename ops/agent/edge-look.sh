# shellcheck shell=bash disable=SC2154
# What lies on the edge's disk, and the repair of what lies there wrongly. Sourced by basecommerce-agent.

verb_manifest() {
  lock_tree
  [[ -d tenants && -d suspended ]] || die $E_NOTHING 'the edge lacks its folders'
  maps_in_use
  {
    printf '2 maps %s\n' "$MAPS"
    # sha256sum marks odd names with a backslash: none of them is a store's.
    awk -f "$here/slug.awk" -f "$here/manifest.awk" \
      kind=sum <(find tenants -maxdepth 1 -type f -name '*.json' -print0 | xargs -0 -r sha256sum -- 2>/dev/null) \
      kind=entry <(find tenants suspended -mindepth 1 -maxdepth 1 -printf '%y %m %p\0' | tr '\n\0' '?\n')
  } | sort | cut -c 3-
}

verb_read() {
  local file=tenants/$1.json
  need_slug "$1"
  lock_tree
  [[ -f $file && ! -L $file ]] || die $E_NOTHING "there is no file of $1"
  [[ $(stat -c %s "$file") -le $MAX_TENANT_BYTES ]] || die $E_DATA "the file of $1 is larger than a store's file may be"
  cat -- "$file" 2>/dev/null || die $E_NOTHING "the file of $1 cannot be read"
}

# A marker without a store, and a mode that keeps nginx or us from reading: neither is a change of what is published.
verb_clean() {
  local file=tenants/$1.json marker=suspended/$1.json
  need_slug "$1"
  lock_tree
  if [[ -f $file && ! -L $file ]]; then
    chmod 0644 -- "$file" 2>/dev/null || die $E_CANNOT_WRITE "the mode of the file of $1 cannot be changed"
  elif [[ ! -e $file && ! -L $file ]]; then
    { rm -f -- "$marker" && flush suspended; } 2>/dev/null || die $E_CANNOT_WRITE "the marker of $1 cannot be taken away"
  fi
}
