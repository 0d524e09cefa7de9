# shellcheck shell=bash disable=SC2154
# What the agent does on an edge. Sourced by basecommerce-agent.

# "<slug> <live|suspended> <sha256>" a line. A file whose name is no slug can be asked for by nobody and is left out.
verb_manifest() {
  local sum file slug state
  cd "$EDGE_DIR/tenants" 2>/dev/null || die $E_NOTHING 'the edge has no tenants folder'
  while read -r sum file; do
    slug=${file#./} slug=${slug%.json} state=live
    [[ ! -f ../suspended/$slug.json ]] || state=suspended
    ! is_slug "$slug" || printf '%s %s %s\n' "$slug" "$state" "$sum"
  done < <(find . -maxdepth 1 -type f -name '*.json' -print0 | sort -z | xargs -0 -r sha256sum --)
}

receive_body() {
  local bytes=$1
  # One byte more than announced, so that a longer body is seen; bounded in time, so that a stalled one ends.
  timeout 30 head -c $((bytes + 1)) 2>/dev/null >"$STAGED"
  case $? in
    0) ;;
    124) die $E_DATA 'the body did not arrive within 30 seconds' ;;
    *) die $E_CANNOT_WRITE 'cannot write on this disk (staging)' ;;
  esac
  [[ $(stat -c %s "$STAGED") -eq $bytes ]] || die $E_DATA "the body is not $bytes bytes long"
}

verb_put() {
  local slug=$1 state=$2 sha256=$3 bytes=$4
  need_slug "$slug" && need_state "$state" && need_sha256 "$sha256" && need_bytes "$bytes"
  stage "$slug"
  receive_body "$bytes"
  [[ $(sha256_of "$STAGED") == "$sha256" ]] || die $E_DATA 'the body does not have the announced sha256'
  looks_like_tenant "$slug" "$STAGED" || die $E_DATA "the body is not the JSON of $slug"
  lock_tree
  if [[ $(state_of "$slug") != "$state" || $(sha256_of "$EDGE_DIR/tenants/$slug.json") != "$sha256" ]]; then
    remember "$slug"
    apply "$slug" "$STAGED" "$state"
  fi
  settle "$slug"
  # Bodies that a killed agent left behind.
  find "$EDGE_DIR/staging" -type f -mmin +60 -delete
  printf '%s\n' "$sha256"
}

verb_remove() {
  need_slug "$1"
  lock_tree
  if [[ $(state_of "$1") != absent ]]; then
    remember "$1"
    take_out "$1"
  fi
  settle "$1"
}

# Repeating it changes nothing more: what was rolled back is not kept.
verb_rollback() {
  local slug=$1 record state
  need_slug "$slug"
  lock_tree
  record=$EDGE_DIR/previous/$slug
  [[ ! -f $record.pending ]] || record=$record.pending
  read -r state 2>/dev/null <"$record" || die $E_NOTHING "nothing is kept to roll $slug back to"
  if [[ $state == absent ]]; then
    take_out "$slug"
  else
    stage "$slug"
    tail -n +2 "$record" 2>/dev/null >"$STAGED" || die $E_CANNOT_WRITE 'cannot write on this disk (staging)'
    apply "$slug" "$STAGED" "$state"
  fi
  settle "$slug"
  printf '%s\n' "$state"
}

nginx_runs() {
  local pid name
  { read -r pid <"$EDGE_DIR/nginx.pid" && read -r name <"/proc/$pid/comm"; } 2>/dev/null && [[ $name == nginx ]]
}

run_nginx() { timeout 20 "${NGINX[@]}" -p "$EDGE_DIR" -c conf/nginx.conf -e stderr "$@" 2>&1; }

# The first complaint without its time and process number.
complaint() { grep -m 1 -E '\[(emerg|alert|error)\]' <<<"$1" | sed 's/^.*\] [0-9#]*: //'; }

verb_test() {
  local report
  report=$(run_nginx -t) || die $E_CONFIG "nginx refuses its configuration: $(complaint "$report")"
}

verb_reload() {
  local report
  verb_test
  nginx_runs || die $E_NGINX_DOWN 'nginx does not run'
  report=$(run_nginx -s reload) || die $E_NGINX_DOWN "nginx did not take the reload: $(complaint "$report")"
}

verb_smoke() {
  local answer
  { exec 3<>"/dev/tcp/127.0.0.1/$HEALTH_PORT"; } 2>/dev/null || die $E_NGINX_DOWN "nothing listens on port $HEALTH_PORT"
  printf 'GET /health HTTP/1.0\r\nHost: smoke-test\r\n\r\n' >&3
  answer=$(timeout 5 cat <&3)
  [[ $answer == 'HTTP/1.1 200 '*'{"status":"ok"}'* ]] || die $E_NGINX_DOWN "port $HEALTH_PORT does not answer /health rightly"
  printf 'ok\n'
}
