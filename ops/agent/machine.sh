# shellcheck shell=bash disable=SC2154
# What the agent tells of the machine itself, edge or not. Sourced by basecommerce-agent.

verb_version() {
  printf 'basecommerce-agent %s\n' "$VERSION"
}

verb_status() {
  local load load_5 load_15 uptime total available swap size free inodes processes=(/proc/[0-9]*)
  read -r load load_5 load_15 _ </proc/loadavg
  read -r uptime _ </proc/uptime
  read -r total available swap < <(awk '
    { kilobytes[$1] = $2 }
    END { printf "%.0f %.0f %.0f\n", kilobytes["MemTotal:"] * 1024, kilobytes["MemAvailable:"] * 1024,
      (kilobytes["SwapTotal:"] - kilobytes["SwapFree:"]) * 1024 }' /proc/meminfo)
  read -r size free inodes < <(df --output=size,avail,iavail -B1 "${EDGE_DIR:-/}" | tail -n 1)
  printf '%s=%s\n' agent_version "$VERSION" clock "$EPOCHSECONDS" uptime_seconds "${uptime%.*}" \
    load "$load" load_5 "$load_5" load_15 "$load_15" cores "$(nproc)" processes "${#processes[@]}" \
    memory_total_bytes "$total" memory_available_bytes "$available" memory_swap_used_bytes "$swap" \
    disk_total_bytes "$size" disk_available_bytes "$free" disk_inodes_available "$inodes"
  if [[ -n $EDGE_DIR ]]; then
    need_edge
    tell_nginx
    tell_requests
  fi
}

# Node calls all its programs alike, so the script tells them apart. The other arguments stay untold: one may be a secret.
name_of_script() {
  local pid=$1 name=$2 words=() word
  mapfile -d '' -t words 2>/dev/null <"/proc/$pid/cmdline" || true
  for word in "${words[@]:1}"; do
    [[ $word == *.@(ts|js|mjs|cjs) && $word != -* ]] || continue
    word=${word##*/} name="node ${word//[^A-Za-z0-9._:-]/?}"
    break
  done
  printf '%s' "$name"
}

# The largest by memory: "<pid> <bytes> <percent of one core over its life> <name>". The name of a process is its own
# choice and may hold anything.
verb_processes() {
  local uptime ticks page pid bytes percent name
  read -r uptime _ </proc/uptime
  ticks=$(getconf CLK_TCK) page=$(getconf PAGE_SIZE)
  # One that ends meanwhile is no failure.
  { cat /proc/[0-9]*/stat 2>/dev/null || true; } | awk -v uptime="$uptime" -v ticks="$ticks" -v page="$page" '
    match($0, /\(.*\) /) {
      name = substr($0, RSTART + 1, RLENGTH - 3)
      gsub(/[^A-Za-z0-9 ._:\/-]|^ | $/, "?", name)
      split(substr($0, RSTART + RLENGTH), field, " ")
      seconds = uptime - field[20] / ticks
      percent = (seconds > 0) ? 100 * (field[12] + field[13]) / ticks / seconds : 0
      printf "%d %.0f %.1f %s\n", $1, field[22] * page, percent, name
    }' | sort -k 2,2nr -k 1,1n | sed -n 1,30p | while read -r pid bytes percent name; do
    [[ $name != MainThread && $name != node ]] || name=$(name_of_script "$pid" "$name")
    printf '%s %s %s %s\n' "$pid" "$bytes" "$percent" "$name"
  done
}

verb_logs() {
  local log=$1 lines=$2 file seconds
  case $log in
    access | error) need_edge && file=logs/$log.log ;;
    agent) file=$AGENT_LOG ;;
    *) die $E_USAGE 'bad argument: log must be access, error or agent' ;;
  esac
  need_number lines "$lines" 1 1000
  if [[ $# -eq 4 ]]; then
    [[ $3 == follow ]] || die $E_USAGE 'bad argument: only follow may come after the lines'
    need_number seconds "$4" 1 600
    seconds=$4
  fi
  [[ -n $file && -r $file ]] || die $E_NOTHING "there is no $log log"
  if [[ -n ${seconds-} ]]; then
    follow_log "$file" "$lines" "$seconds"
  else
    tail -n "$lines" -- "$file"
  fi
}

# Ends by itself when the channel does: sshd hands out pipes, and tail notices that nobody reads its own.
follow_log() {
  timeout "$3" tail -n "$2" -F -- "$1" 2>/dev/null
  # 124: the time is over, as asked for.
  [[ $? -eq 124 ]]
}
