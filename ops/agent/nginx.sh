# shellcheck shell=bash disable=SC2154
# The agent's hold on nginx: test, reload, ask. Sourced by basecommerce-agent.

# Sets nginx_pid.
nginx_runs() {
  local name
  { read -r nginx_pid <nginx.pid && read -r name <"/proc/$nginx_pid/comm"; } 2>/dev/null && [[ $name == nginx ]]
}

# With the tree $1: conf, or conf-staged, which is the same with the maps that are not in use yet.
run_nginx() {
  local tree=$1
  shift
  timeout 20 "${NGINX[@]}" -p "$EDGE_DIR" -c "$tree/nginx.conf" -e stderr "$@" 2>&1
}

# The first complaint without its time and process number.
complaint() { grep -m 1 -E '\[(emerg|alert|error)\]' <<<"$1" | sed 's/^.*\] [0-9#]*: //'; }

# Sets workers: the children of nginx that take requests.
list_workers() {
  local pid title children=()
  workers=()
  read -r -a children 2>/dev/null <"/proc/$nginx_pid/task/$nginx_pid/children"
  for pid in "${children[@]}"; do
    read -r -d '' title 2>/dev/null <"/proc/$pid/cmdline"
    [[ $title != *'worker process' ]] || workers+=("$pid")
  done
}

# nginx answers a reload before it has read anything. It is done when there are other workers than before, and those are
# gone or are shutting down: until then, which of them answers is chance. Sets reload_trouble and returns 1 when not.
reload_nginx() {
  local report before pid left tries workers=()
  nginx_runs || { reload_trouble='nginx does not run' && return 1; }
  list_workers
  before=" ${workers[*]} "
  report=$(run_nginx conf -s reload) || {
    reload_trouble="nginx did not take the reload: $(complaint "$report")"
    return 1
  }
  for ((tries = 0; tries < 500; tries++)); do
    nginx_runs || break
    list_workers
    left=0
    for pid in "${workers[@]}"; do [[ $before != *" $pid "* ]] || left=1; done
    [[ $left -eq 1 || ${#workers[@]} -eq 0 ]] || return 0
    sleep 0.02
  done
  reload_trouble='nginx took the reload and did not follow it; its error log says why'
  return 1
}

verb_test() {
  local report
  report=$(run_nginx conf -t) || die $E_CONFIG "nginx refuses its configuration: $(complaint "$report")"
}

verb_reload() {
  lock_tree
  verb_test
  reload_nginx || die $E_NGINX_DOWN "$reload_trouble"
}

verb_smoke() {
  local answer
  { exec 3<>"/dev/tcp/127.0.0.1/$HEALTH_PORT"; } 2>/dev/null || die $E_NGINX_DOWN "nothing listens on port $HEALTH_PORT"
  printf 'GET /health HTTP/1.0\r\nHost: smoke-test\r\n\r\n' >&3
  answer=$(timeout 5 cat <&3)
  [[ $answer == 'HTTP/1.1 200 '*'{"status":"ok"}'* ]] || die $E_NGINX_DOWN "port $HEALTH_PORT does not answer /health rightly"
  printf 'ok\n'
}
