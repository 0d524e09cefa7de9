# shellcheck shell=bash disable=SC2154
# What the agent tells of the machine itself, edge or not. Sourced by basecommerce-agent.

verb_version() {
  printf 'basecommerce-agent %s\n' "$VERSION"
}

verb_status() {
  local load total available size free
  read -r load _ </proc/loadavg
  read -r total available < <(awk '/^MemTotal:/ {t=$2} /^MemAvailable:/ {a=$2} END {printf "%.0f %.0f\n", t*1024, a*1024}' /proc/meminfo)
  read -r size free < <(df --output=size,avail -B1 "${EDGE_DIR:-/}" | tail -n 1)
  printf '%s=%s\n' agent_version "$VERSION" clock "$(date +%s)" load "$load" cores "$(nproc)" \
    memory_total_bytes "$total" memory_available_bytes "$available" disk_total_bytes "$size" disk_available_bytes "$free"
  if [[ -n $EDGE_DIR ]]; then
    need_edge
    printf 'nginx=%s\n' "$(nginx_runs && printf running || printf stopped)"
  fi
}
