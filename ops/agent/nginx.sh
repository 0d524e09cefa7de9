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
    # Stays empty for one that ended since it was listed.
    title=''
    { read -r -d '' title <"/proc/$pid/cmdline"; } 2>/dev/null
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

# Sets answer: what the HTTP server at port $1 of this machine says to a GET of $2.
ask_http() {
  answer=''
  { exec 3<>"/dev/tcp/127.0.0.1/$1"; } 2>/dev/null || return
  printf 'GET %s HTTP/1.0\r\nHost: agent\r\n\r\n' "$2" >&3
  answer=$(timeout 5 cat <&3)
  exec 3>&-
}

verb_smoke() {
  local answer
  ask_http "$HEALTH_PORT" /health || die $E_NGINX_DOWN "nothing listens on port $HEALTH_PORT"
  [[ $answer == 'HTTP/1.1 200 '*'{"status":"ok"}'* ]] || die $E_NGINX_DOWN "port $HEALTH_PORT does not answer /health rightly"
  printf 'ok\n'
}

# The part of status that is nginx's own.
tell_nginx() {
  local answer workers=() figures='Active connections: ([0-9]+) .* ([0-9]+) [0-9]+ ([0-9]+) .*Reading'
  if ! nginx_runs; then
    printf 'nginx=stopped\n'
    return
  fi
  list_workers
  printf '%s=%s\n' nginx running nginx_workers "${#workers[@]}" nginx_started "$(stat -c %Y nginx.pid)"
  ask_http "$STATUS_PORT" /status && [[ $answer =~ $figures ]] || return 0
  printf '%s=%s\n' nginx_connections "${BASH_REMATCH[1]}" nginx_accepts "${BASH_REMATCH[2]}" nginx_requests "${BASH_REMATCH[3]}"
}

# Requests of the last minute, and the middle of how long the app and auth took for theirs. A value's quotes are escaped in
# the log, so no visitor can write a key of it.
tell_requests() {
  [[ -r logs/access.log ]] || return 0
  tail -n 20000 -- logs/access.log | awk -v since=$((EPOCHSECONDS - 60)) '
    function value(key) {
      if (!match($0, "\"" key "\":\"?[0-9., ]+")) return ""
      return substr($0, RSTART + length(key) + 3, RLENGTH - length(key) - 3)
    }
    {
      if (value("unix") + 0 < since) next
      answered[substr(value("status"), 1, 1)]++
      # After a second try it reads like "0.001, 0.003".
      seconds = value("upstream_seconds"); sub(/^.*[", ]/, "", seconds)
      if (seconds == "") next
      took[int(seconds * 1000 + 0.5)]++; taken++
    }
    END {
      for (kind = 2; kind <= 5; kind++) printf "requests_%dxx=%d\n", kind, answered[kind]
      if (!taken) exit
      for (ms = 0; seen * 2 < taken; ms++) seen += took[ms]
      printf "upstream_p50_ms=%d\n", ms - 1
    }'
}

# "<file name> <until when, Unix seconds> <name it is for>" of each certificate in the agent's configuration.
verb_certificates() {
  local file until subject name
  for file in "${CERTIFICATES[@]}"; do
    until=$(openssl x509 -in "$file" -noout -enddate 2>/dev/null) && until=$(date -d "${until#*=}" +%s) ||
      die $E_NOTHING "the certificate $file cannot be read"
    subject=$(openssl x509 -in "$file" -noout -subject -nameopt multiline,utf8 2>/dev/null | sed -n 's/^ *commonName *= //p')
    name=${file##*/}
    printf '%s %s %s\n' "${name//[!A-Za-z0-9._-]/?}" "$until" "${subject//[!A-Za-z0-9 .*_-]/?}"
  done
}
